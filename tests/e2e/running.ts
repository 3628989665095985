/**
 * A program that runs, and what can be asked of its process.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { eventually, PATIENCE_MS, within } from "./waiting.ts";

const LINE_FEED = 0x0a;

/** How a program ended, and all that it wrote. */
export interface Outcome {
  /** 128 and the signal's number where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, or has run. */
export class Running implements AsyncDisposable {
  /** Resolves when it has ended and all its output is read. */
  readonly ended: Promise<Outcome>;
  readonly #child: Deno.ChildProcess;
  readonly #words: string;
  readonly #stdout: Gathered;
  readonly #stderr: Gathered;
  #hasEnded = false;
  #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;

  constructor(child: Deno.ChildProcess, words: string) {
    this.#child = child;
    this.#words = words;
    this.#stdout = new Gathered(child.stdout);
    this.#stderr = new Gathered(child.stderr);
    this.ended = this.#end();
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What it has written to stdout so far. */
  get stdout(): string {
    return this.#stdout.text;
  }

  /** What it has written to stderr so far. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /** The whole lines of its stdout since this was last asked for; they are not kept. */
  takeLines(): string[] {
    return this.#stdout.takeLines();
  }

  /** Writes to its stdin, which was left open. */
  async write(text: string): Promise<void> {
    this.#input ??= this.#child.stdin.getWriter();
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Ends its stdin, which was left open. */
  async endInput(): Promise<void> {
    this.#input ??= this.#child.stdin.getWriter();
    await this.#input.close();
  }

  /** The first line that it writes to stderr, earlier or from now on, that matches. */
  async says(pattern: RegExp, patience = PATIENCE_MS): Promise<string> {
    let found: string | undefined;
    await eventually(`${this.#words} says ${pattern}`, () => {
      found = wholeLines(this.stderr).find((line) => pattern.test(line));
      if (found === undefined && this.#hasEnded) {
        throw new AssertionError(`${this.#words} ended without saying ${pattern}: ${this.stderr}`);
      }
      return found !== undefined;
    }, patience);
    return found ?? "";
  }

  /** How it ended, once it has. */
  async end(patience = PATIENCE_MS): Promise<Outcome> {
    return await within(`${this.#words} ends`, this.ended, patience);
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Kills it, unless it has ended by itself. */
  kill(): void {
    try {
      this.signal("SIGKILL");
    } catch (error) {
      // What Deno says of a process that it has already waited for.
      const hasEnded = error instanceof TypeError || error instanceof Deno.errors.NotFound;
      if (!hasEnded) throw error;
    }
  }

  /** Stops it for good measure, like a program that hangs. Returns when it stands still. */
  async freeze(): Promise<void> {
    this.signal("SIGSTOP");
    await eventually(`${this.#words} stands still`, () => this.#proc("State")?.startsWith("T"));
  }

  /** Lets it go on after a {@linkcode freeze}. */
  thaw(): void {
    this.signal("SIGCONT");
  }

  /** Bytes of memory that it has now. */
  memory(): number {
    return kilobytes(this.#proc("VmRSS"));
  }

  /** The most bytes of memory that it ever had. */
  memoryPeak(): number {
    return kilobytes(this.#proc("VmHWM"));
  }

  /** Ends it at once, if it has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    if (this.#input) await this.#input.abort().catch(() => {});
    await this.ended;
  }

  async #end(): Promise<Outcome> {
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#stdout.all,
      this.#stderr.all,
    ]);
    this.#hasEnded = true;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  #proc(field: string): string | undefined {
    const text = Deno.readTextFileSync(`/proc/${this.pid}/status`);
    return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(text)?.[1];
  }
}

/** What a stream gave so far. */
class Gathered {
  /** Resolves at the end of the stream. */
  readonly all: Promise<void>;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #text = "";
  #isDecoded = true;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.all = this.#gather(stream);
  }

  /** As text; a character that is not whole yet is left out. */
  get text(): string {
    if (!this.#isDecoded) {
      this.#text = decode(this.#joined());
      this.#isDecoded = true;
    }
    return this.#text;
  }

  /** The lines that are ended, which are then forgotten. */
  takeLines(): string[] {
    const bytes = this.#joined();
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) return [];
    this.#chunks = [bytes.subarray(end)];
    this.#length = bytes.length - end;
    this.#isDecoded = false;
    return wholeLines(decode(bytes.subarray(0, end)));
  }

  #joined(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  async #gather(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#isDecoded = false;
    }
  }
}

/** A character that is not whole yet is left out. */
function decode(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return decoder.decode(bytes, { stream: true });
}

/** The lines of a text that are ended. */
export function wholeLines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function kilobytes(text = ""): number {
  const kilobytes = /^(\d+) kB$/.exec(text)?.[1];
  if (kilobytes === undefined) throw new Error(`not a size: ${text}`);
  return Number(kilobytes) * 1024;
}
