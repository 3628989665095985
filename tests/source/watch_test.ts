import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { orAborted } from "../../lib/platform/aborted.ts";
import { SYSTEM_CLOCKS } from "../../lib/platform/clocks.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Outcome, Source } from "../../lib/source/source.ts";
import { openWatch, type WatchLimits, type WatchSettings } from "../../lib/source/watch.ts";
import { TouchedPaths } from "../../lib/source/watch/touched_paths.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";
import { Play, testContext } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";

/** A folder, and one who changes what is in it. */
class Place implements AsyncDisposable {
  readonly context = testContext();

  private constructor(readonly folder: string) {}

  static async make(): Promise<Place> {
    return new Place(await Deno.makeTempDir({ prefix: "bus-watch-" }));
  }

  /** The folder `w` in it, which is watched, or what is in that. */
  at(name = ""): string {
    return `${this.folder}/w${name === "" ? "" : `/${name}`}`;
  }

  watch(more: Partial<WatchSettings> = {}, clocks = SYSTEM_CLOCKS, limits?: WatchLimits): Source {
    const settings = { kind: "watch", paths: [this.at()], debounce: "50ms", ...more } as const;
    return openWatch(settings, this.context, clocks, limits);
  }

  async write(name: string, text = "x"): Promise<void> {
    const path = this.at(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  async move(from: string, to: string): Promise<void> {
    await Deno.rename(this.at(from), this.at(to));
  }

  async remove(name: string): Promise<void> {
    await Deno.remove(this.at(name), { recursive: true });
  }

  /** What was told so far: `modified a 3`, the paths from the watched folder. */
  told(...plays: Play[]): string[] {
    return plays.flatMap(({ findings }) => findings).map(({ type, payload }) => {
      const { path, from, size } = JSON.parse(payload);
      const names = [from, path].flatMap((path?: string) => path?.replace(this.at("."), "") ?? []);
      return [type?.replace("file.", ""), ...names, size].join(" ").trimEnd();
    }).map((line) => line.replaceAll(`${this.at()}/`, ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A place in which there are some files. */
async function placeWith(...names: string[]): Promise<Place> {
  const place = await Place.make();
  await Deno.mkdir(place.at());
  for (const name of names) await place.write(name);
  return place;
}

/** Plays a watch until it is connected. */
async function started(
  source: Source,
  answer?: ConstructorParameters<typeof Play>[1],
): Promise<Play> {
  const play = new Play(source, answer);
  await play.until(({ changes }) => changes.some(({ state }) => state === "connected"));
  return play;
}

/** Plays until so much was told, and one more file after that, so that nothing else came before it. */
async function told(place: Place, play: Play, count: number): Promise<string[]> {
  await play.until(({ found }) => found.length >= count);
  const lines = place.told(play);
  await place.write("last", String(play.found.length));
  await play.until(() => place.told(play).some((line) => / last /.test(line)));
  const last = place.told(play).findIndex((line) => / last /.test(line));
  assertEquals(place.told(play).slice(0, last), lines);
  return lines;
}

Deno.test("watch: files that are made, changed, moved and removed are told", async () => {
  await using place = await placeWith("old");
  await using play = await started(place.watch());
  assertEquals(play.states, ["connected: 1 file"]);
  await place.write("a", "123");
  await play.until(({ found }) => found.length === 1);
  await Deno.writeTextFile(place.at("a"), "4", { append: true });
  await play.until(({ found }) => found.length === 2);
  await place.move("a", "b");
  await play.until(({ found }) => found.length === 3);
  await place.remove("b");
  assertEquals(await told(place, play, 4), [
    "created a 3",
    "modified a 4",
    "renamed a b 4",
    "removed b",
  ]);
  const [created, , renamed, removed] = play.findings;
  assertEquals(created?.type, "file.created");
  assertEquals(created?.payload, JSON.stringify({ path: place.at("a"), size: 3 }));
  assertEquals(
    renamed?.payload,
    JSON.stringify({ path: place.at("b"), from: place.at("a"), size: 4 }),
  );
  assertEquals(removed?.payload, JSON.stringify({ path: place.at("b") }));
  const { path, name, change } = renamed?.values ?? {};
  assertEquals([path?.(""), name?.(""), change?.("")], [place.at("b"), "b", "renamed"]);
});

Deno.test("watch: what is put in the place of a file in one go or two has modified it", async () => {
  await using place = await placeWith("a", "b");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.write(".a.tmp", "12");
  await place.move(".a.tmp", "a");
  await place.move("b", "b~");
  await place.write("b", "123");
  await place.remove("b~");
  await place.write("last");
  await rested(play, clocks, 3);
  assertEquals(place.told(play), ["modified a 2", "modified b 3", "created last 1"]);
});

Deno.test("watch: what came to nothing is not told", async () => {
  await using place = await placeWith("a");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.write("b");
  await place.remove("b");
  await place.move("a", "c");
  await place.move("c", "a");
  await Deno.chmod(place.at("a"), 0o600);
  await place.write("last");
  await rested(play, clocks, 1);
  assertEquals(place.told(play), ["created last 1"]);
});

Deno.test("watch: a new file that got the number of a removed one is not that one", async () => {
  await using place = await placeWith("a");
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await place.remove("a");
  await place.write("b");
  await rested(play, clocks, 2);
  assertEquals(place.told(play), ["removed a", "created b 1"]);
});

Deno.test("watch: folders in folders are watched, and what they bring along is told", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  await place.write("a/b/c/d");
  await play.until(({ found }) => found.length === 1);
  await place.write("a/b/c/e");
  await play.until(({ found }) => found.length === 2);
  await place.move("a/b", "B");
  await play.until(({ found }) => found.length === 4);
  await place.write("B/c/d", "12");
  await play.until(({ found }) => found.length === 5);
  await place.remove("B");
  const lines = await told(place, play, 7);
  assertEquals(lines.slice(0, 2), ["created a/b/c/d 1", "created a/b/c/e 1"]);
  assertEquals(lines.slice(2, 4).toSorted(), [
    "renamed a/b/c/d B/c/d 1",
    "renamed a/b/c/e B/c/e 1",
  ]);
  assertEquals(lines[4], "modified B/c/d 2");
  assertEquals(lines.slice(5).toSorted(), ["removed B/c/d", "removed B/c/e"]);
});

Deno.test("watch: folders in folders are left alone if it is not recursive", async () => {
  await using place = await placeWith("a/old");
  await using play = await started(place.watch({ recursive: false }));
  assertEquals(play.states, ["connected: 0 files"]);
  await place.write("a/b");
  await place.write("c/d");
  await place.write("e");
  assertEquals(await told(place, play, 1), ["created e 1"]);
});

Deno.test("watch: who watches all below a folder tells nothing to who does not", async () => {
  await using place = await placeWith();
  await using deep = await started(place.watch());
  await using flat = await started(place.watch({ recursive: false }));
  await using other = await started(place.watch({ paths: [place.folder] }));
  await place.write("a/b");
  await Promise.all([deep, other].map((play) => play.until(({ found }) => found.length === 1)));
  assertEquals(await told(place, flat, 0), []);
});

Deno.test("watch: of a file itself nothing else in its folder is told", async () => {
  await using place = await placeWith("a", "b");
  await using play = await started(place.watch({ paths: [place.at("a")] }));
  await place.write("b", "123");
  await place.write("a.tmp", "12");
  await place.move("a.tmp", "a");
  await play.until(({ found }) => found.length === 1);
  await place.remove("a");
  await play.until(({ found }) => found.length === 2);
  await place.write("a", "1234");
  await play.until(({ found }) => found.length === 3);
  assertEquals(place.told(play), ["modified a 2", "removed a", "created a 4"]);
  assertEquals(play.states, ["connected: 1 file"]);
});

Deno.test("watch: files and folders that lie within one another are told once", async () => {
  await using place = await placeWith("a/b", "c");
  await using play = await started(
    place.watch({ paths: [place.at("a/b"), place.at(), place.at("a"), place.at("c")] }),
  );
  await place.write("a/b", "12");
  await play.until(({ found }) => found.length === 1);
  await place.write("c", "123");
  assertEquals(await told(place, play, 2), ["modified a/b 2", "modified c 3"]);
});

Deno.test("watch: a path that is not there fails the run, and when it is there its files are told", async () => {
  await using place = await placeWith("a");
  const source = place.watch({ paths: [place.at(), place.at("no\nsuch")] });
  assertEquals(await failure(new Play(source)), `${place.at("no\\nsuch")} is not there`);
  await place.write("no\nsuch/b");
  await using play = await started(source);
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["created no\nsuch/b 1"]);
});

Deno.test("watch: a folder that is removed is told and fails the run, until it is back", async () => {
  await using place = await placeWith("a", "b");
  const source = place.watch();
  const first = await started(source);
  await place.remove("");
  assertEquals(await failure(first), `${place.at()} is not there any more`);
  assertEquals(place.told(first).toSorted(), ["removed a", "removed b"]);
  const second = new Play(source);
  assertEquals(await failure(second), `${place.at()} is not there`);
  await place.write("c");
  await using third = await started(source);
  await third.until(({ found }) => found.length === 1);
  await place.write("d");
  await third.until(({ found }) => found.length === 2);
  assertEquals(place.told(second, third), ["created c 1", "created d 1"]);
});

Deno.test("watch: a folder in whose place another one is put fails the run", async () => {
  await using place = await placeWith("a");
  const source = place.watch();
  const clocks = new WatchedClocks();
  const first = await started(place.watch({}, clocks));
  await (await started(source)).stop();
  await Deno.mkdir(`${place.folder}/new`);
  await Deno.rename(place.at(), `${place.folder}/old`);
  await Deno.rename(`${place.folder}/new`, place.at());
  await rested(first, clocks, 1);
  assertEquals(await failure(first), `${place.at()} was replaced by another`);
  assertEquals(place.told(first), ["removed a"]);
  await using second = await started(source);
  await place.write("b");
  await second.until(({ found }) => found.length === 2);
  assertEquals(place.told(second), ["removed a", "created b 1"]);
});

Deno.test("watch: what has changed between two runs is told by the second", async () => {
  await using place = await placeWith("a", "b", "c");
  const source = place.watch();
  const first = await started(source);
  await first.stop();
  await place.write("a", "12");
  await place.remove("b");
  await place.move("c", "d");
  await using second = await started(source);
  await second.until(({ found }) => found.length === 3);
  assertEquals(place.told(first, second).toSorted(), [
    "modified a 2",
    "removed b",
    "renamed c d 1",
  ]);
});

Deno.test("watch: no name breaks anything", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  const script = `cd "$1" && echo > "$(printf '\\377\\376')" && echo > "$(printf 'a\\377b')"`;
  await new Deno.Command("sh", { args: ["-c", script, "sh", place.at()] }).output();
  const names = ["\n", '"\\', "\x1b[31m", "\x7f\x01", "\u202e", "\ufffd", "🦕", "-rf", " ", "%00"];
  for (const name of names) await place.write(name);
  await play.until(({ found }) => found.length === names.length);
  const paths = play.findings.map(({ payload }) => JSON.parse(payload).path);
  assertEquals(paths.toSorted(), names.map((name) => place.at(name)).toSorted());
  assertEquals(
    new Set(place.context.lines),
    new Set([
      "watch: not all was heard: path contains invalid UTF-8 characters",
    ]),
  );
});

Deno.test("watch: of many files that come at once each is told once", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch());
  writeMany(place, 3_000);
  await play.until(({ found }) => found.length >= 3_000);
  const lines = await told(place, play, 3_000);
  assertEquals(new Set(lines).size, 3_000);
  assertEquals(place.context.lines, []);
});

Deno.test("watch: more changes than are held are found by looking at everything", async () => {
  await using place = await placeWith("a", "b");
  await using play = await started(place.watch({}, SYSTEM_CLOCKS, { files: 1_000, touched: 5 }));
  for (let file = 0; file < 30; file++) await place.write(`f${file}`);
  await place.remove("a");
  const lines = await told(place, play, 31);
  assertEquals(lines.filter((line) => !line.startsWith("created f")), ["removed a"]);
  assertEquals(new Set(lines).size, 31);
});

Deno.test("watch: files that are too many are counted in the log", async () => {
  await using place = await placeWith("a", "b", "c");
  await using play = await started(place.watch({}, SYSTEM_CLOCKS, { files: 2, touched: 100 }));
  assertEquals(place.context.lines, [
    "lost: no more than 2 files are watched: nothing is told of 1 others",
  ]);
  for (const name of ["a", "b", "c"]) await place.write(name, "12");
  await play.until(({ found }) => found.length === 2);
  assertEquals(play.findings.map(({ type }) => type), ["file.modified", "file.modified"]);
});

Deno.test("watch: it waits as long as it is told to", async () => {
  await using place = await placeWith();
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({ debounce: "3s" }, clocks));
  await place.write("a");
  await clocks.untilDue(3_005);
  assertEquals(play.found, []);
  clocks.goTo(3_005);
  await play.until(({ found }) => found.length === 1);
});

Deno.test("watch: of a new folder a file is told when nothing happens to it any more", async () => {
  await using place = await placeWith();
  await using play = await started(place.watch({ debounce: "400ms" }));
  for (let size = 1; size <= 30; size++) {
    await place.write("a/b", "x".repeat(size));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["created a/b 30"]);
});

Deno.test("watch: a path is due when nothing has happened at it for a time", () => {
  const clocks = new DrivenClocks();
  const touched = new TouchedPaths(clocks, 100, 3);
  touched.touch(["a"]);
  clocks.setTo(60);
  touched.touch(["b", "a"]);
  clocks.setTo(100);
  touched.touch(["c"]);
  assertEquals([touched.due, touched.take()], [160, []]);
  assertEquals(touched.touch(["d"]), false);
  clocks.setTo(160);
  assertEquals(touched.take(), ["a", "b"]);
  assertEquals([touched.has("a"), touched.has("c"), touched.due], [false, true, 200]);
});

Deno.test("watch: a path at which something happens for ever is due each second, or ten times", () => {
  for (const [rest, longest] of [[50, 1_000], [100, 1_000], [500, 5_000]] as const) {
    const clocks = new DrivenClocks();
    const touched = new TouchedPaths(clocks, rest, 3);
    for (let now = 0; now < longest; now += rest / 2) {
      clocks.setTo(now);
      touched.touch(["a"]);
      assertEquals(touched.take(), []);
    }
    clocks.setTo(longest);
    assertEquals(touched.take(), ["a"]);
  }
});

Deno.test("watch: what the system does not tell of is seen within a minute", async () => {
  await using place = await placeWith("a");
  await Deno.link(place.at("a"), `${place.folder}/link`);
  const clocks = new WatchedClocks();
  await using play = await started(place.watch({}, clocks));
  await clocks.untilDue(60_005);
  await Deno.writeTextFile(`${place.folder}/link`, "12");
  clocks.goTo(60_005);
  await clocks.untilDue(60_060);
  clocks.goTo(60_060);
  await play.until(({ found }) => found.length === 1);
  assertEquals(place.told(play), ["modified a 2"]);
});

Deno.test("watch: what changes while the hub holds back is told together afterwards", async () => {
  await using place = await placeWith("a");
  const released = Promise.withResolvers<Outcome>();
  await using play = await started(place.watch(), () => released.promise);
  await place.write("b");
  await play.until(({ found }) => found.length === 1);
  for (const text of ["12", "123", "1234"]) {
    await place.write("a", text);
    await place.write("c", text);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  assertEquals(place.told(play), ["created b 1"]);
  released.resolve("routed");
  assertEquals(await told(place, play, 3), ["created b 1", "modified a 4", "created c 4"]);
});

Deno.test("watch: a time that is none is refused", async () => {
  await using place = await Place.make();
  assertThrows(() => place.watch({ debounce: "5" }), BusError, "debounce is no time");
});

for (
  const [limit, most, hint] of [
    ["max_inotify_watches", 2, "raise fs.inotify.max_user_watches, with sysctl"],
    ["max_inotify_instances", 0, "raise fs.inotify.max_user_instances, with sysctl, or ulimit -n"],
  ] as const
) {
  Deno.test({
    name: `watch: what the system allows too little of is said with what to do (${limit})`,
    // Limits of the system are set in a space of its own, which not every system grants.
    ignore: !await canLimit(),
    async fn() {
      await using place = await placeWith("a/b", "c/d", "e/f");
      const code = `
        import { Play, testContext } from "${import.meta.resolve("./kit.ts")}";
        import { openWatch } from "${import.meta.resolve("../../lib/source/watch.ts")}";
        const settings = { kind: "watch", paths: [${JSON.stringify(place.at())}] };
        const { message, hint } = await new Play(openWatch(settings, testContext())).ended;
        console.log(JSON.stringify([message, hint]));
      `;
      const deno = [Deno.execPath(), "run", "-A", "--quiet", "--no-check"];
      const config = ["--config", new URL(import.meta.resolve("../../deno.json")).pathname];
      await Deno.writeTextFile(`${place.folder}/main.ts`, code);
      const words = [...deno, ...config, `${place.folder}/main.ts`];
      const { stdout } = await limited(
        `echo ${most} > /proc/sys/user/${limit} && exec "$@"`,
        words,
      );
      const [message, said] = JSON.parse(new TextDecoder().decode(stdout));
      assertStringIncludes(message, `${place.at()} cannot be watched: `);
      assertEquals(said, hint);
    },
  });
}

async function limited(script: string, words: readonly string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command("unshare", { args: ["-Ur", "sh", "-c", script, "sh", ...words] })
    .output();
}

async function canLimit(): Promise<boolean> {
  const script = "echo 9 > /proc/sys/user/max_inotify_watches";
  return await limited(script, []).then(({ success }) => success, () => false);
}

/** Lets the time pass until so much was found. What happens at one moment comes to rest together. */
async function rested(play: Play, clocks: WatchedClocks, count: number): Promise<void> {
  await clocks.untilDue(clocks.monotonic() + 55);
  for (let turns = 0; play.found.length < count; turns++) {
    assert(turns < 1_000, "it did not come");
    clocks.goTo(clocks.monotonic() + 55);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Why a run ended. */
async function failure(play: Play): Promise<string> {
  const error = await orAborted(play.ended, AbortSignal.timeout(20_000));
  assert(error instanceof BusError, `${error}`);
  return error.message;
}

/** Makes files in one go: nobody gets to hear of them meanwhile. */
function writeMany(place: Place, count: number): void {
  for (let file = 0; file < count; file++) Deno.writeTextFileSync(place.at(`f${file}`), "x");
}
