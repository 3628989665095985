import { assertEquals } from "@std/assert";
import { FileLook, type FileLookOptions } from "../../../lib/source/watch/file_changes.ts";
import { KnownFiles } from "../../../lib/source/watch/known_files.ts";

/** Looks at a folder of its own, which is known as it was at the look before. */
class LookedAt implements AsyncDisposable {
  readonly unreadable: string[] = [];

  private constructor(readonly folder: string, readonly known: KnownFiles) {}

  static async make(most: number, ...names: string[]): Promise<LookedAt> {
    const folder = await Deno.makeTempDir({ prefix: "bus-look-" });
    const place = new LookedAt(folder, new KnownFiles(most));
    for (const name of names) await place.write(name);
    return place;
  }

  look(more: Partial<FileLookOptions> = {}): FileLook {
    return new FileLook({
      known: this.known,
      roots: [this.folder],
      recursive: true,
      isRestless: () => false,
      onUnreadable: (path) => this.unreadable.push(path),
      signal: new AbortController().signal,
      ...more,
    });
  }

  async changes(more?: Partial<FileLookOptions>): Promise<string[]> {
    const look = this.look(more);
    await look.at(this.folder);
    return this.said(look);
  }

  said({ changes }: FileLook): string[] {
    return changes.map(({ change, from, path, size }) =>
      [change, from, path, size].filter((word) => word !== undefined).join(" ")
        .replaceAll(`${this.folder}/`, "")
    ).toSorted();
  }

  async write(name: string, text = "x"): Promise<void> {
    const path = `${this.folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("file changes: a look tells what differs from the one before, once", async () => {
  await using place = await LookedAt.make(100, "a", "b/c", "d");
  assertEquals(await place.changes(), ["created a 1", "created b/c 1", "created d 1"]);
  await place.write("a", "12");
  await Deno.rename(`${place.folder}/b`, `${place.folder}/e`);
  await Deno.remove(`${place.folder}/d`);
  assertEquals(await place.changes(), ["modified a 2", "removed d", "renamed b/c e/c 1"]);
  assertEquals(await place.changes(), []);
});

Deno.test("file changes: what takes the place of another has modified it", async () => {
  await using place = await LookedAt.make(100, "a", "b");
  await place.changes();
  await place.write("a", "123");
  await Deno.rename(`${place.folder}/a`, `${place.folder}/b`);
  assertEquals(await place.changes(), ["modified b 3", "removed a"]);
});

Deno.test("file changes: what is restless is left for later", async () => {
  await using place = await LookedAt.make(100, "a", "b");
  assertEquals(await place.changes({ isRestless: (path) => path.endsWith("/a") }), ["created b 1"]);
  assertEquals(await place.changes(), ["created a 1"]);
});

Deno.test("file changes: new files that are too many are counted, known ones are told", async () => {
  await using place = await LookedAt.make(1, "a");
  await place.changes();
  await place.write("a", "12");
  for (const name of ["b", "c"]) await place.write(name);
  const look = place.look();
  await look.at(place.folder);
  assertEquals([place.said(look), look.unknown], [["modified a 2"], 2]);
});

Deno.test("file changes: to compare says where, and leaves what is known as it is", async () => {
  await using place = await LookedAt.make(100, "a", "b");
  await place.changes();
  await place.write("a", "12");
  const look = place.look();
  await look.compare(place.folder);
  assertEquals([look.differing, look.changes], [[`${place.folder}/a`], []]);
  assertEquals(await place.changes(), ["modified a 2"]);
});

Deno.test("file changes: folders in folders are left alone if it is not recursive", async () => {
  await using place = await LookedAt.make(100, "a", "b/c");
  assertEquals(await place.changes({ recursive: false }), ["created a 1"]);
  const look = place.look({ recursive: false });
  await look.at(`${place.folder}/b`);
  assertEquals(look.changes, []);
});

Deno.test("file changes: a link is followed only where it is a root", async () => {
  await using place = await LookedAt.make(100, "a");
  await using other = await LookedAt.make(100, "x");
  await Deno.symlink(other.folder, `${place.folder}/link`);
  const inside = await place.changes();
  assertEquals(inside.map((line) => line.split(" ")[1]), ["a", "link"]);
  const again = place.look();
  await again.at(`${place.folder}/link`);
  assertEquals(again.changes, []);
  const look = place.look({ roots: [`${place.folder}/link`], known: new KnownFiles(100) });
  await look.at(`${place.folder}/link`);
  assertEquals(place.said(look), ["created link/x 1"]);
});

Deno.test("file changes: what the system does not tell of is said, and the rest is looked at", async () => {
  await using place = await LookedAt.make(100, "a");
  const long = `${place.folder}/${"n".repeat(300)}`;
  const look = place.look();
  await look.at(long);
  await look.at(`${place.folder}/a`);
  assertEquals(place.unreadable, [long]);
  assertEquals(place.said(look), ["created a 1"]);
});
