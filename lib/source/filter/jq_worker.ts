/**
 * jq in a thread of its own: a program of jq may run for ever, and only a thread can be ended then.
 *
 * @module
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import type { Answer, Question } from "./jq_thread.ts";

/** Bytes that jq may take up; it starts with 16 MiB. */
const MOST_BYTES = 256 * 1024 * 1024;

const PAGE = 64 * 1024;

/** What a program of jq says beside its result, by `debug` and `stderr`, must not get to a terminal. */
function silence(): void {
  const say = (...words: unknown[]) => post({ said: String(words.at(-1)) });
  // deno-lint-ignore no-console
  for (const level of ["log", "info", "warn", "error"] as const) console[level] = say;
}

/** A payload of some bytes can ask for any number of them: `[range(.n)]`. */
function boundMemory(): void {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages: number): number {
    if (this.buffer.byteLength + pages * PAGE > MOST_BYTES) throw new RangeError("too much memory");
    return grow.call(this, pages);
  };
}

function post(answer: Answer): void {
  self.postMessage(answer);
}

boundMemory();
silence();
const { default: loading } = await import("jq-web");
const jq = await loading;
self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const { payloads, program } = data;
  try {
    post({ result: jq.raw(payloads.join("\n"), program, ["-c"]) });
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    // What jq itself says no to has a code. After anything else, such as a want of memory, it is broken.
    const isRefusal = error instanceof Error && "exitCode" in error;
    post(isRefusal ? { fault } : { broken: fault });
  }
});
post({ result: "" });
