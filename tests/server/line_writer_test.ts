import { assertEquals } from "@std/assert";
import { LineWriter } from "../../lib/server/line_writer.ts";
import { until } from "./peer.ts";

/** A line in the place of those that were lost. */
function notice(text: string): string {
  return `(${text})\n`;
}

/** An output that takes what it is told to, when it is told to. */
class SlowOutput {
  readonly taken: string[] = [];
  #calls: { bytes: Uint8Array; resolve(length: number): void; reject(error: Error): void }[] = [];

  /** Writes that are out. */
  get calls(): number {
    return this.#calls.length;
  }

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
  const lines = new LineWriter(output, notice);
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
  const lines = new LineWriter(output, notice);
  lines.write("1\n");
  lines.write("2\n");
  await output.fail();
  await output.take();
  await lines.written();
  assertEquals(output.taken, ["(1 line of this log could not be written)\n2\n"]);
});

Deno.test("LineWriter.write() ends a line that was cut off before it writes another", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output, notice);
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
  assertEquals(output.taken, [
    "on",
    "\n(3 lines of this log could not be written)\nfour\n",
    "five\n",
    "six\n",
    "(1 line of this log could not be written)\neight\n",
  ]);
});

Deno.test("LineWriter.write() counts no line as lost again that it has said to be", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output, notice);
  lines.write("one\n");
  await output.fail();
  await lines.written();
  const said = "(1 line of this log could not be written)\n";
  lines.write("two\n");
  await output.take(said.length);
  await output.fail();
  await lines.written();
  lines.write("three\n");
  await output.take();
  await lines.written();
  assertEquals(output.taken, [said, `${said}three\n`]);
});

Deno.test("LineWriter.write() keeps 64 KiB for an output that takes nothing, and no more", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output, notice);
  lines.write("first\n");
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 1_000; i++) lines.write(line);
  await output.take();
  await output.take();
  await lines.written();
  const [first, rest = ""] = output.taken;
  assertEquals(first, "first\n");
  assertEquals(rest, `(936 lines of this log could not be written)\n${line.repeat(64)}`);
});

Deno.test("LineWriter.fault says what is lost and why, until it is told in the log", async () => {
  const output = new SlowOutput();
  const lines = new LineWriter(output, notice);
  lines.write("1\n");
  await output.take();
  await lines.written();
  assertEquals(lines.fault, undefined);
  for (const line of ["2\n", "3\n"]) {
    lines.write(line);
    await output.fail();
    await lines.written();
  }
  const full = "the log cannot be written: No space left on device (2 lines lost)";
  assertEquals(lines.fault, full);
  lines.retry();
  await output.fail();
  await lines.written();
  assertEquals(lines.fault, full);
  lines.retry();
  await output.take();
  await lines.written();
  assertEquals(lines.fault, undefined);
  assertEquals(output.taken, ["1\n", "(2 lines of this log could not be written)\n"]);
  // Nothing is lost, so nothing is tried.
  lines.retry();
  await lines.written();
});

Deno.test("LineWriter.fault says how many lines wait for a write that is stuck for 1 s", async () => {
  const output = new SlowOutput();
  let now = 0;
  const lines = new LineWriter(output, notice, () => now);
  const stuck = (counts: string) => `the log cannot be written: it takes nothing (${counts})`;
  lines.write("1\n");
  now = 999;
  assertEquals(lines.fault, undefined);
  now = 1_000;
  assertEquals(lines.fault, stuck("1 line waits"));
  for (const line of ["2\n", "3\n"]) lines.write(line);
  assertEquals(lines.fault, stuck("3 lines wait"));
  await output.take();
  await until(() => output.calls > 0, "the next write");
  assertEquals(lines.fault, undefined);
  await output.take(3);
  now = 1_999;
  assertEquals(lines.fault, undefined);
  now = 2_000;
  assertEquals(lines.fault, stuck("1 line waits"));
  await output.take();
  await lines.written();
  assertEquals(lines.fault, undefined);
});

Deno.test("LineWriter.fault says what is lost beside those that wait", async () => {
  const output = new SlowOutput();
  let now = 0;
  const lines = new LineWriter(output, notice, () => now);
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 67; i++) lines.write(line);
  assertEquals(lines.fault, "the log cannot be written: it takes too little (2 lines lost)");
  now = 1_000;
  const stuck = "the log cannot be written: it takes nothing (65 lines wait, 2 lines lost)";
  assertEquals(lines.fault, stuck);
  await output.take();
  await until(() => output.calls > 0, "the next write");
  now = 2_000;
  // What stands in the place of those that are lost is none of those that wait.
  assertEquals(lines.fault, stuck.replace("65", "64"));
  await output.fail();
  await lines.written();
  assertEquals(
    lines.fault,
    "the log cannot be written: No space left on device (66 lines lost)",
  );
});
