/**
 * A process of the load, as it sees itself: options, orders, answers.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

/** What it was started with. */
export function options<T>(): T {
  return JSON.parse(Deno.args[0] ?? "");
}

/** What it is told to do; nothing more where who started it is gone. */
export async function* orders<T>(): AsyncGenerator<T> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) yield JSON.parse(line);
}

/** Answers. */
export function answer(report: unknown): void {
  let bytes = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Unix time in microseconds, which processes of one machine have in common. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Writes all of it, however much the other end takes at a time. */
export async function writeAll(
  connection: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}
