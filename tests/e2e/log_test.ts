/**
 * The log of a hub that runs without a terminal, in files.
 */

import { assertEquals, assertGreater, assertMatch, assertNotMatch } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

const MIB = 1024 * 1024;

/** A line of the log: the time, then what happened. */
const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/;

const REFUSED = "connection refused: frame 1";

/** A place with a hub that logs to a file. */
async function withLog(prepare: (log: string) => Promise<void> = () => Promise.resolve()) {
  const place = await Place.empty();
  const log = `${place.directory}/hub.log`;
  await prepare(log);
  await place.serve(["--log", log]);
  return { place, log };
}

/** Gives the hub something to log, once: somebody who speaks nonsense. */
async function speakNonsense(place: Place): Promise<void> {
  const wire = await place.wire();
  await wire.send("nonsense");
  assertEquals((await wire.frame()).type, "error");
  await wire.closed();
}

/** Gives the hub something to log until it shows in a file. */
async function logUntil(place: Place, name: string, condition: () => Promise<boolean>) {
  await eventually(name, async () => {
    await speakNonsense(place);
    return await condition();
  });
}

/** What is in a file; nothing where there is none. */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

/** Expects that a text is whole lines of a log. */
function assertLines(text: string): void {
  assertMatch(text, /\n$/);
  for (const line of wholeLines(text)) assertMatch(line, LINE);
}

Deno.test("log: with --log stderr has where the hub listens, and the file all that happens", async () => {
  const { place, log } = await withLog();
  await using _ = place;
  await logUntil(place, "it is logged", async () => (await read(log)).includes(REFUSED));
  place.hub.signal("SIGTERM");
  const { code, stdout, stderr } = await place.hub.end();
  const { pid } = place.hub;
  assertEquals([code, stdout], [0, ""]);
  assertEquals(stderr, `listening on ${place.socket} (pid ${pid})\n`);
  const text = await read(log);
  assertLines(text);
  const lines = wholeLines(text).map((line) => line.slice(line.indexOf(" ") + 1));
  assertEquals([lines[0], lines.at(-1)], [`listening on ${place.socket} (pid ${pid})`, "stopped"]);
  assertEquals(((await Deno.stat(log)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("log: a hub goes on in the log of the one before, and one that is refused leaves it alone", async () => {
  const { place, log } = await withLog();
  await using _ = place;
  const first = await read(log);
  assertEquals((await place.run(["serve", "--log", log])).code, 1);
  assertEquals(await read(log), first);
  assertEquals((await place.run(["stop"])).code, 0);
  await place.hub.end();
  const stopped = await read(log);
  await place.serve(["--log", log]);
  const both = await read(log);
  assertEquals([stopped.startsWith(first), both.startsWith(stopped)], [true, true]);
  assertMatch(
    both.slice(stopped.length),
    new RegExp(`^\\S+Z listening on .*${place.hub.pid}\\)\n$`),
  );
});

Deno.test("log: at SIGHUP a hub without a terminal leaves the file that was moved away", async () => {
  const { place, log } = await withLog();
  await using _ = place;
  const { ino } = await Deno.stat(log);
  const aside = `${log}-aside`;
  await Deno.rename(log, aside);
  // Until it is told it stays with its file.
  await logUntil(place, "it is logged", async () => (await read(aside)).includes(REFUSED));
  assertEquals(await read(log), "");
  place.hub.signal("SIGHUP");
  // At once, without anything that there is to log.
  await eventually("there is a new log", async () => (await read(log)).endsWith("\n"));
  assertMatch(await read(log), /^\S+Z the log was opened anew\n$/);
  const kept = await read(aside);
  const before = (await read(log)).length;
  await logUntil(place, "it grows", async () => (await read(log)).length > before);
  assertEquals([(await Deno.stat(aside)).ino, await read(aside)], [ino, kept]);
  for (const text of [kept, await read(log)]) assertLines(text);
  // And it is still there.
  await place.publish({ event_type: "t", payload: 1 });
});

Deno.test("log: it is rotated while the hub runs, and five files of 1 MiB are kept", async () => {
  const full = `2026-01-02T03:04:05.678Z ${"x".repeat(74)}\n`;
  const old = full.repeat(Math.floor(MIB / full.length));
  const { place, log } = await withLog(async (log) => {
    await Deno.writeTextFile(log, old);
    for (const number of [1, 2, 3, 4, 5]) {
      await Deno.writeTextFile(`${log}.${number}`, `${number}\n`);
    }
  });
  await using _ = place;
  await logUntil(place, "it is logged", async () => (await read(log)).includes(REFUSED));
  assertLines(await read(log));
  const kept = [await read(`${log}.1`)];
  assertEquals(kept[0]?.startsWith(old), true);
  assertLines(kept[0] ?? "");
  assertGreater(MIB + 1, kept[0]?.length);
  for (const number of [2, 3, 4, 5]) kept.push(await read(`${log}.${number}`));
  // The fifth is not the hub's: it keeps the one being written and four more.
  assertEquals(kept.slice(1), ["1\n", "2\n", "3\n", "5\n"]);
});

Deno.test("log: what cannot be written costs lines, not the hub, and it goes on as soon as it can", async () => {
  await using place = await Place.empty();
  const log = `${place.directory}/hub.log`;
  await Deno.writeTextFile(log, `2026-01-02T03:04:05.678Z ${"x".repeat(420)}\n`);
  // A limit on the size of files is a disk that is full, for one process: 512 bytes, or 1 KiB.
  const script = `trap '' XFSZ; ulimit -S -f 1; exec bus serve --log ${log}`;
  const hub = place.start(["-c", script], { command: "/bin/sh" });
  await hub.says(/^listening on /);
  await logUntil(place, "the log is full", async () => (await Deno.stat(log)).size % 512 === 0);
  assertEquals((await place.status()).pid, hub.pid);
  await place.publish({ event_type: "t", payload: 1 });
  const { code } = await place.run(["--pid", `${hub.pid}`, "--fsize=unlimited:"], {
    command: "prlimit",
  });
  assertEquals(code, 0);
  const { size } = await Deno.stat(log);
  await logUntil(place, "it goes on", async () => (await Deno.stat(log)).size > size + 100);
  assertEquals((await place.run(["stop"])).code, 0);
  assertEquals((await hub.end()).code, 0);
  const text = await read(log);
  assertMatch(text, /Z stopped\n$/);
  // Nor does what was cut off run into what came after it.
  assertLines(text);
  for (const line of wholeLines(text)) assertNotMatch(line, /.\d{4}-\d\d-\d\dT/);
});

Deno.test("log: what is no file of the user's is refused in one line, and nothing is started", async () => {
  await using place = await Place.empty();
  const victim = `${place.directory}/victim`;
  await Deno.writeTextFile(victim, "precious");
  await Deno.mkdir(`${place.directory}/directory`);
  await Deno.symlink(victim, `${place.directory}/link`);
  await Deno.symlink("nowhere", `${place.directory}/dangling`);
  assertEquals((await place.shell(`mkfifo ${place.directory}/pipe`)).code, 0);
  const before = await Deno.stat(victim);
  for (const name of ["link", "dangling", "directory", "pipe"]) {
    const { code, stderr } = await place.run(["serve", "--log", `${place.directory}/${name}`]);
    assertEquals(code, 1);
    assertMatch(stderr, new RegExp(`^error: the log .*/${name} is no file of yours.*\n$`));
  }
  const { size, mtime, ino } = await Deno.stat(victim);
  assertEquals([size, mtime, ino], [before.size, before.mtime, before.ino]);
  await assertAbsent(place.socket);
});
