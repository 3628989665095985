import { assertEquals, assertMatch } from "@std/assert";
import { LineWriter, Log } from "../../lib/server/log.ts";
import { until } from "./peer.ts";

function recorder(start = Date.UTC(2026, 0, 2, 3, 4, 5, 678)) {
  const lines: string[] = [];
  const time = { now: start };
  return { lines, time, log: new Log((line) => lines.push(line), () => time.now) };
}

Deno.test("Log.line() writes one line with the time before it", () => {
  const { log, lines } = recorder();
  log.line("listening on /run/user/1000/bus/default.sock");
  assertEquals(lines, [
    "2026-01-02T03:04:05.678Z listening on /run/user/1000/bus/default.sock\n",
  ]);
});

Deno.test("Log.line() escapes what comes from outside, so that it stays one line", () => {
  const { log, lines } = recorder();
  log.line("key=\r\n2026-01-02 all is well\x1b[2J\x9b1m\u202e");
  assertEquals(lines.length, 1);
  assertEquals(
    lines[0]?.slice(25),
    "key=\\r\\n2026-01-02 all is well\\x1b[2J\\x9b1m\\u202e\n",
  );
});

Deno.test("Log.limited() writes one line a second for a cause, and says how many it left out", () => {
  const { log, lines, time } = recorder();
  for (let i = 0; i < 100; i++) {
    log.limited("skipped", `skipped ${i}`);
    log.limited("full", `full ${i}`);
  }
  time.now += 999;
  log.limited("skipped", "skipped 100");
  assertEquals(lines.map((line) => line.slice(25)), ["skipped 0\n", "full 0\n"]);
  time.now += 1;
  log.limited("skipped", "skipped 101");
  assertMatch(lines[2] ?? "", /Z skipped 101 \(and 100 more like this\)\n$/);
  time.now += 5_000;
  log.limited("skipped", "skipped 102");
  assertMatch(lines[3] ?? "", /Z skipped 102\n$/);
});

Deno.test("Log.limited() is not silenced by a clock that was set back", () => {
  const { log, lines, time } = recorder();
  log.limited("skipped", "before");
  time.now -= 3_600_000;
  log.limited("skipped", "after");
  assertEquals(lines.length, 2);
});

/** An output that takes what it is told to, when it is told to. */
class SlowOutput {
  readonly taken: string[] = [];
  #calls: { bytes: Uint8Array; resolve(length: number): void; reject(error: Error): void }[] = [];

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => this.#calls.push({ bytes, resolve, reject }));
  }

  async take(length = Infinity): Promise<void> {
    await until(() => this.#calls.length > 0, "a write");
    const call = this.#calls.shift();
    if (!call) return;
    const part = call.bytes.subarray(0, length);
    this.taken.push(new TextDecoder().decode(part));
    call.resolve(part.length);
  }

  async fail(): Promise<void> {
    await until(() => this.#calls.length > 0, "a write");
    this.#calls.shift()?.reject(new Error("No space left on device (os error 28)"));
  }
}

Deno.test("LineWriter.write() gathers lines while a write is out, and goes on where it stopped", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output);
  for (const line of ["1\n", "2\n", "3\n"]) lines.write(line);
  await output.take();
  await output.take(1);
  await output.take();
  await lines.written();
  assertEquals(output.taken, ["1\n", "2", "\n3\n"]);
  lines.write("4\n");
  await output.take();
  await lines.written();
  assertEquals(output.taken.at(-1), "4\n");
});

Deno.test("LineWriter.write() loses the lines of a write that fails, and tries the next", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output);
  lines.write("1\n");
  lines.write("2\n");
  await output.fail();
  await output.take();
  await lines.written();
  assertEquals(output.taken, ["2\n"]);
});

Deno.test("LineWriter.write() ends a line that was cut off before it writes another", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output);
  lines.write("one\n");
  await output.take(2);
  await output.fail();
  await lines.written();
  for (const line of ["two\n", "three\n"]) {
    lines.write(line);
    await output.fail();
    await lines.written();
  }
  for (const line of ["four\n", "five\n"]) {
    lines.write(line);
    await output.take();
    await lines.written();
  }
  lines.write("six\n");
  await output.take();
  lines.write("seven\n");
  await output.fail();
  await lines.written();
  lines.write("eight\n");
  await output.take();
  await lines.written();
  assertEquals(output.taken, ["on", "\nfour\n", "five\n", "six\n", "eight\n"]);
});

Deno.test("LineWriter.write() keeps 64 KiB for an output that takes nothing, and no more", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output);
  lines.write("first\n");
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 1_000; i++) lines.write(line);
  await output.take();
  await output.take();
  await lines.written();
  assertEquals(output.taken.map(({ length }) => length), [6, 64 * 1024]);
});
