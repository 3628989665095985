import { assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { LOG_FILE_BYTES, LOG_FILES, LogFile } from "../../lib/server/log_file.ts";
import { SYSTEM_CLOCKS } from "../../lib/platform/clocks.ts";
import { within } from "../../lib/platform/within.ts";

/** A file of another user can be made by root alone. */
const isRoot = Deno.uid() === 0;

/** A log in a directory of its own, and what a test does to both. */
class Place {
  readonly directory = Deno.makeTempDirSync();
  readonly path = `${this.directory}/hub.log`;
  readonly #logs: LogFile[] = [];

  log(maxBytes?: number): LogFile {
    const log = new LogFile(this.path, maxBytes);
    this.#logs.push(log);
    return log;
  }

  /** What lies in the directory, by name: the text of a file, else what it is. */
  get found(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { name, isFile, isDirectory } of Deno.readDirSync(this.directory)) {
      const path = `${this.directory}/${name}`;
      found[name] = isFile ? Deno.readTextFileSync(path) : isDirectory ? "directory" : "other";
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const log of this.#logs) log.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

async function write(log: LogFile, text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await log.write(bytes));
}

/** What must not change of a file that is not the log's. */
function traits(path: string) {
  const { ino, size, mtime, mode } = Deno.lstatSync(path);
  return { ino, size, mtime, mode };
}

async function refused(place: Place, promise: Promise<unknown>): Promise<void> {
  const error = await assertRejects(() => promise, BusError);
  const hint = `see what it is, and remove it or choose another with --log: ls -ld ${place.path}`;
  const expected = ["unsafe_path", `the log ${place.path} is no file of yours`, hint];
  assertEquals([error.code, error.message, error.hint], expected);
}

Deno.test("a log is 5 files of 1 MiB", () => {
  assertEquals([LOG_FILES, LOG_FILE_BYTES], [5, 1_048_576]);
});

Deno.test("a log is for its user alone", async () => {
  await using place = new Place();
  const log = place.log(8);
  await write(log, "12345678");
  await write(log, "9");
  for (const name of ["hub.log", "hub.log.1"]) {
    const { mode } = await Deno.stat(`${place.directory}/${name}`);
    assertEquals(((mode ?? 0) & 0o7777).toString(8), "600", name);
  }
});

Deno.test("a log goes on where another has ended", async () => {
  await using place = new Place();
  await write(place.log(), "one\n");
  await write(place.log(), "two\n");
  assertEquals(place.found, { "hub.log": "one\ntwo\n" });
});

Deno.test("open() makes the file, and changes nothing of one that is there", async () => {
  await using place = new Place();
  await place.log().open();
  assertEquals(place.found, { "hub.log": "" });
  await write(place.log(), "one\n");
  const before = traits(place.path);
  await place.log().open();
  assertEquals(traits(place.path), before);
});

Deno.test("a file is full when one byte more would not fit", async () => {
  await using place = new Place();
  const log = place.log(10);
  await write(log, "1234\n");
  await write(log, "6789\n");
  assertEquals(place.found, { "hub.log": "1234\n6789\n" });
  await write(log, "\n");
  assertEquals(place.found, { "hub.log": "\n", "hub.log.1": "1234\n6789\n" });
  await write(log, "2345678901");
  assertEquals(place.found, {
    "hub.log": "2345678901",
    "hub.log.1": "\n",
    "hub.log.2": "1234\n6789\n",
  });
});

Deno.test("what is longer than a file has one of its own, and no empty one before it", async () => {
  await using place = new Place();
  const log = place.log(4);
  await write(log, "123456");
  await write(log, "7");
  assertEquals(place.found, { "hub.log": "7", "hub.log.1": "123456" });
});

Deno.test("what lay there before counts for the size", async () => {
  await using place = new Place();
  await Deno.writeTextFile(place.path, "123456789");
  const log = place.log(10);
  await write(log, "0");
  await write(log, "1");
  assertEquals(place.found, { "hub.log": "1", "hub.log.1": "1234567890" });
});

Deno.test("at the bound that a hub has a line is never in two files", async () => {
  await using place = new Place();
  const log = place.log();
  const line = `${"x".repeat(99)}\n`;
  const fitting = Math.floor(LOG_FILE_BYTES / line.length);
  await write(log, line.repeat(fitting));
  await write(log, line);
  assertEquals(place.found, { "hub.log": line, "hub.log.1": line.repeat(fitting) });
});

Deno.test("of many files the last five are kept, the newest without a number", async () => {
  await using place = new Place();
  const log = place.log(4);
  for (let number = 10; number < 30; number++) await write(log, `${number}\n`);
  assertEquals(place.found, {
    "hub.log": "29\n",
    "hub.log.1": "28\n",
    "hub.log.2": "27\n",
    "hub.log.3": "26\n",
    "hub.log.4": "25\n",
  });
});

Deno.test("other files beside the log are left alone", async () => {
  await using place = new Place();
  const others = { "hub.log.5": "five", "hub.log.old": "old", "hub.log.gz": "packed" };
  for (const [name, text] of Object.entries(others)) {
    await Deno.writeTextFile(`${place.directory}/${name}`, text);
  }
  const log = place.log(1);
  for (const text of "abcdefgh") await write(log, text);
  assertEquals(place.found, {
    "hub.log": "h",
    "hub.log.1": "g",
    "hub.log.2": "f",
    "hub.log.3": "e",
    "hub.log.4": "d",
    ...others,
  });
});

Deno.test("a number that is missing among the old files costs none", async () => {
  await using place = new Place();
  const log = place.log(1);
  for (const text of "abc") await write(log, text);
  await Deno.remove(`${place.path}.1`);
  await write(log, "d");
  assertEquals(place.found, { "hub.log": "d", "hub.log.1": "c", "hub.log.3": "a" });
});

Deno.test("a write that fails is told, and the next one is tried anew", async () => {
  await using place = new Place();
  const directory = `${place.directory}/logs`;
  const log = new LogFile(`${directory}/hub.log`);
  await assertRejects(() => write(log, "one\n"), Error, "no such file");
  await assertRejects(() => write(log, "two\n"), Error, "no such file");
  await Deno.mkdir(directory);
  await write(log, "three\n");
  assertEquals(await Deno.readTextFile(`${directory}/hub.log`), "three\n");
  log.close();
});

Deno.test("files that cannot be put aside are kept, and the log goes on once they can", async () => {
  await using place = new Place();
  const obstacle = `${place.path}.4`;
  await Deno.mkdir(`${obstacle}/theirs`, { recursive: true });
  const log = place.log(1);
  for (const text of "abcd") await write(log, text);
  const kept = { "hub.log": "d", "hub.log.1": "c", "hub.log.2": "b", "hub.log.3": "a" };
  for (let attempt = 0; attempt < 3; attempt++) await assertRejects(() => write(log, "e"));
  assertEquals(place.found, { ...kept, "hub.log.4": "directory" });
  await Deno.remove(obstacle, { recursive: true });
  await write(log, "f");
  assertEquals(place.found, {
    "hub.log": "f",
    "hub.log.1": "d",
    "hub.log.2": "c",
    "hub.log.3": "b",
    "hub.log.4": "a",
  });
});

Deno.test("a file that was emptied is written from its beginning", async () => {
  await using place = new Place();
  const log = place.log();
  await write(log, "one\n");
  await Deno.truncate(place.path);
  await write(log, "two\n");
  assertEquals(place.found, { "hub.log": "two\n" });
});

Deno.test("reopen() leaves a file that was moved away, from the next write on", async () => {
  await using place = new Place();
  const log = place.log();
  await write(log, "one\n");
  await Deno.rename(place.path, `${place.path}-kept`);
  await write(log, "two\n");
  assertEquals(place.found, { "hub.log-kept": "one\ntwo\n" });
  log.reopen();
  assertEquals(place.found, { "hub.log-kept": "one\ntwo\n" });
  await write(log, "three\n");
  assertEquals(place.found, { "hub.log-kept": "one\ntwo\n", "hub.log": "three\n" });
});

Deno.test("reopen() changes nothing where the file is in its place", async () => {
  await using place = new Place();
  const log = place.log(8);
  await write(log, "one\n");
  log.reopen();
  log.reopen();
  await write(log, "two\n");
  assertEquals(place.found, { "hub.log": "one\ntwo\n" });
  await write(log, "3\n");
  assertEquals(place.found, { "hub.log": "3\n", "hub.log.1": "one\ntwo\n" });
});

Deno.test("a closed log opens again when something is written", async () => {
  await using place = new Place();
  const log = place.log();
  await write(log, "one\n");
  log.close();
  await write(log, "two\n");
  assertEquals(place.found, { "hub.log": "one\ntwo\n" });
});

/** What may lie in a log's place without being one. Each returns what must stay as it is. */
const OBSTACLES: [string, (place: Place) => Promise<string>, boolean?][] = [
  ["a link to a file", async ({ directory, path }) => {
    const victim = `${directory}/victim`;
    await Deno.writeTextFile(victim, "precious", { mode: 0o644 });
    await Deno.symlink(victim, path);
    return victim;
  }],
  ["a link to nothing", async ({ path }) => {
    await Deno.symlink("nowhere", path);
    return path;
  }],
  ["a directory", async ({ path }) => {
    await Deno.mkdir(path);
    return path;
  }],
  ["a file of somebody else", async ({ path }) => {
    await Deno.writeTextFile(path, "theirs");
    await Deno.chown(path, 54321, null);
    return path;
  }, !isRoot],
];

for (const [what, put, ignore = false] of OBSTACLES) {
  Deno.test({
    name: `${what} in a log's place is refused and left as it is`,
    ignore,
    async fn() {
      await using place = new Place();
      const kept = await put(place);
      const before = traits(kept);
      const log = place.log();
      await refused(place, log.open());
      await refused(place, write(log, "line\n"));
      assertEquals(traits(kept), before);
      await Deno.remove(place.path, { recursive: true });
      await write(log, "line\n");
      assertEquals(place.found["hub.log"], "line\n");
    },
  });
}

Deno.test("a pipe in a log's place is refused without waiting for who reads it", async () => {
  await using place = new Place();
  const { success } = await new Deno.Command("mkfifo", { args: [place.path] }).output();
  assertEquals(success, true);
  let isOver = false;
  const opening = refused(place, place.log().open()).finally(() => isOver = true);
  await within(SYSTEM_CLOCKS, 5_000, opening);
  // A reader that lets go whoever waits, so that this fails and does not hang.
  if (!isOver) (await Deno.open(place.path, { read: true, write: true })).close();
  assertEquals(isOver, true);
});

Deno.test("a link put in the place of a log that was moved away is not followed", async () => {
  await using place = new Place();
  const victim = `${place.directory}/victim`;
  await Deno.writeTextFile(victim, "precious");
  const before = traits(victim);
  const log = place.log();
  await write(log, "one\n");
  await Deno.rename(place.path, `${place.path}-kept`);
  await Deno.symlink(victim, place.path);
  log.reopen();
  await refused(place, write(log, "two\n"));
  assertEquals(traits(victim), before);
  assertEquals(place.found["hub.log-kept"], "one\n");
});

Deno.test("links among the old files are replaced, what they lead to is not touched", async () => {
  await using place = new Place();
  const victim = `${place.directory}/victim`;
  await Deno.writeTextFile(victim, "precious");
  const before = traits(victim);
  for (const number of [1, 4]) await Deno.symlink(victim, `${place.path}.${number}`);
  const log = place.log(1);
  for (const text of "abcdefg") await write(log, text);
  assertEquals(traits(victim), before);
  assertEquals(place.found, {
    victim: "precious",
    "hub.log": "g",
    "hub.log.1": "f",
    "hub.log.2": "e",
    "hub.log.3": "d",
    "hub.log.4": "c",
  });
});
