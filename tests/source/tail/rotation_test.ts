import { assertEquals } from "@std/assert";
import { identityOf } from "../../../lib/source/file_identity.ts";
import { firstBetween, whereabouts } from "../../../lib/source/tail/rotation.ts";

/** A log in a folder of its own, each file in it born after the one before. */
class RotatedLog implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(): Promise<RotatedLog> {
    return new RotatedLog(await Deno.makeTempDir({ prefix: "bus-rotation-" }));
  }

  at(name: string): string {
    return `${this.folder}/${name}`;
  }

  async write(name: string, text = "line\n"): Promise<Deno.FileInfo> {
    await Deno.writeTextFile(this.at(name), text);
    return await Deno.stat(this.at(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The name of the one that is found between two, of those with such names. */
async function found(
  own: string,
  names: readonly string[],
  text?: string,
  isRead: (identity: string) => boolean = () => false,
): Promise<string | undefined> {
  await using log = await RotatedLog.make();
  const before = await log.write("first");
  const between = new Map<string, string>();
  for (const name of names) between.set(identityOf(await log.write(name, text)), name);
  const now = await log.write(own);
  const next = await firstBetween(log.at(own), before, 0, now, isRead);
  return next && between.get(identityOf(next));
}

Deno.test("rotation: a file is found where it is, or beside that under another name", async () => {
  await using log = await RotatedLog.make();
  const identity = identityOf(await log.write("app.log"));
  assertEquals(await whereabouts(log.at("app.log"), identity), log.at("app.log"));
  await Deno.rename(log.at("app.log"), log.at("app.log.1"));
  await log.write("app.log");
  assertEquals(await whereabouts(log.at("app.log"), identity), log.at("app.log.1"));
  await Deno.rename(log.at("app.log.1"), log.at("app-20260102.log"));
  assertEquals(await whereabouts(log.at("app.log"), identity), log.at("app-20260102.log"));
});

Deno.test("rotation: a file that is gone, and its folder too, is not to be found", async () => {
  await using log = await RotatedLog.make();
  await log.write("app.log.1");
  assertEquals(await whereabouts(log.at("app.log"), "1:2:3"), undefined);
  assertEquals(await whereabouts(log.at("none/app.log"), "1:2:3"), undefined);
});

Deno.test("rotation: a link is not the file that it leads to", async () => {
  await using log = await RotatedLog.make();
  const identity = identityOf(await log.write("elsewhere"));
  await Deno.symlink(log.at("elsewhere"), log.at("app.log.1"));
  assertEquals(await whereabouts(log.at("app.log"), identity), undefined);
});

Deno.test("rotation: a number or a date makes a name one of the same log", async () => {
  const names = ["app.log.1", "app.log-20260102", "app.log.2026-01-02T03:04", "app.1.log"];
  for (const name of names) assertEquals(await found("app.log", [name]), name);
  assertEquals(await found("syslog", ["syslog.1"]), "syslog.1");
});

Deno.test("rotation: what was packed, copied by hand or is another log's is none", async () => {
  for (const name of ["app.log.1.gz", "app.log.bak", "app.log~", "apple.log", "app.error.log"]) {
    assertEquals(await found("app.log", [name]), undefined, name);
  }
});

Deno.test("rotation: what is empty or was read before did not follow", async () => {
  assertEquals(await found("app.log", ["app.log.1"], ""), undefined);
  assertEquals(await found("app.log", ["app.log.1"], "line\n", () => true), undefined);
});

Deno.test("rotation: what was there before the log was seen last did not follow", async () => {
  await using log = await RotatedLog.make();
  const before = await log.write("first");
  const middle = await log.write("app.log.1");
  const now = await log.write("app.log");
  const born = middle.birthtime?.getTime() ?? 0;
  const seenAt = async (moment: number) => {
    return (await firstBetween(log.at("app.log"), before, moment, now, () => false))?.ino;
  };
  assertEquals([await seenAt(born + 10), await seenAt(born + 11)], [middle.ino, undefined]);
});

Deno.test("rotation: of several the one that was moved on most often is the first", async () => {
  assertEquals(await found("app.log", ["app.log.10", "app.log.9", "app.log.2"]), "app.log.10");
});
