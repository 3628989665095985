/**
 * jq in a thread of its own: a program of jq may run for a long time, and the hub must not wait for it.
 *
 * @module
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import { runInThisContext } from "node:vm";
import type { Answer, Demand, Question } from "./jq_thread.ts";

/** Bytes that jq may take up; it starts with 16 MiB. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Bytes of a broken jq that may wait until the engine collects them. With more the thread ends. */
const KEPT_BYTES = 32 * 1024 * 1024;

const PAGE = 64 * 1024;

type Jq = Awaited<typeof import("jq-web").default>;

/** The jq that answers now; none until one is asked for, and after it broke down. */
let jq: Jq | undefined;

/** Makes a jq anew. */
let make: (() => Promise<Jq>) | undefined;

/** The most that a jq of this thread has taken up, in bytes. */
let bytes = 0;

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
    const wanted = this.buffer.byteLength + pages * PAGE;
    if (wanted > MOST_BYTES) throw new RangeError("too much memory");
    bytes = Math.max(bytes, wanted);
    return grow.call(this, pages);
  };
}

/**
 * The first jq. Its module makes one and hides what makes it, which it has put into its own `default`
 * for a moment: there it is caught, for a jq that broke down is of no use any more.
 */
async function firstJq(): Promise<Jq> {
  const caught = { configurable: true, set: (made: typeof make) => void (make = made) };
  Object.defineProperty(Function.prototype, "default", caught);
  const { default: loading } = await import("jq-web");
  Reflect.deleteProperty(Function.prototype, "default");
  const first = await loading;
  // The module keeps that object for ever; what is in it must not keep a broken jq's memory with it.
  const { raw } = first;
  for (const name of Object.keys(first)) Reflect.deleteProperty(first, name);
  return { raw };
}

function post(answer: Answer): void {
  self.postMessage(answer);
}

async function begin(number: number): Promise<void> {
  jq ??= await (make ? make() : firstJq());
  post({ number, result: "" });
}

function answer({ number, payloads, program, milliseconds }: Question): void {
  try {
    post({
      number,
      result: inTime(() => asked().raw(payloads.join("\n"), program, ["-c"]), milliseconds),
    });
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    // What jq itself says no to has a code. After anything else, such as a want of memory, it is broken.
    if (error instanceof Error && "exitCode" in error) return post({ number, fault });
    // Who asks has a clock of his own, which says that it takes too long.
    if (!isLate(error)) post({ number, broken: fault });
    discard();
  }
}

function asked(): Jq {
  if (!jq) throw new Error("no jq was begun");
  return jq;
}

/**
 * Runs something, and cuts it off after a time. A thread that somebody else ends while it is busy
 * leaves its descriptors behind; one that comes back by itself does not.
 */
function inTime(run: () => string, milliseconds: number): string {
  Object.assign(globalThis, { runBounded: run });
  return String(runInThisContext("runBounded()", { timeout: milliseconds }));
}

function isLate(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

/** Lets go of a jq that is broken. */
function discard(): void {
  jq = undefined;
  if (bytes > KEPT_BYTES) end();
}

function end(): void {
  post({ ended: true });
  self.close();
}

boundMemory();
silence();
self.addEventListener("message", ({ data }: MessageEvent<Demand>) => {
  if ("end" in data) end();
  else if ("begin" in data) void begin(data.begin);
  else answer(data);
});
