/**
 * A log's way to its file or terminal.
 *
 * @module
 */

import { systemReason } from "../platform/system_reason.ts";

const LINE_FEED = 0x0a;

/** Bytes of lines that may wait while nobody takes them. */
const WAITING_LINES = 64 * 1024;

/** A count and what it counts. */
function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}

/**
 * Writes a log's lines to something that may be slow or full: they wait, bounded, and what cannot be
 * written is left out and counted. A hub never waits for its log.
 */
export class LineWriter {
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #writing: Promise<void> | undefined;
  /** Whether the output ends within a line, of which the rest is lost. */
  #isTorn = false;
  /** Lines left out since the last one that was written. */
  #lost = 0;
  #reason = "it takes too little";

  /**
   * @param output where the bytes go; a failed write costs the lines in it
   * @param notice makes the line, with its end, that stands in the place of those that were lost
   */
  constructor(
    private readonly output: { write(bytes: Uint8Array): Promise<number> },
    private readonly notice: (text: string) => string,
  ) {}

  /** Why lines are being left out, and how many; nothing while all are written. */
  get fault(): string | undefined {
    if (this.#lost === 0) return undefined;
    return `the log cannot be written: ${this.#reason} (${lines(this.#lost)} lost)`;
  }

  /** Takes a line with its end. */
  write(line: string): void {
    if (this.#waiting.length + line.length > WAITING_LINES) {
      this.#lost++;
      return;
    }
    this.#waiting += line;
    this.#writing ??= this.#write();
  }

  /** Tries whether the output takes something again, where it did not. */
  retry(): void {
    if (this.#lost > 0) this.#writing ??= this.#write();
  }

  /** Resolves when no line waits. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    do {
      const lost = this.#lost;
      const torn = this.#isTorn ? "\n" : "";
      const head = lost === 0
        ? torn
        : `${torn}${this.notice(`${lines(lost)} of this log could not be written`)}`;
      const bytes = this.#encoder.encode(`${head}${this.#waiting}`);
      this.#waiting = "";
      const written = await this.#put(bytes);
      if (written > 0) this.#isTorn = bytes[written - 1] !== LINE_FEED;
      // Others may have been left out meanwhile.
      if (written === bytes.length) this.#lost -= lost;
      else this.#lost += lineEnds(bytes, Math.max(written, this.#encoder.encode(head).length));
    } while (this.#waiting !== "");
    this.#writing = undefined;
  }

  /** Returns how much was taken. */
  async #put(bytes: Uint8Array): Promise<number> {
    let written = 0;
    try {
      while (written < bytes.length) written += await this.output.write(bytes.subarray(written));
    } catch (error) {
      // A full disk or a closed pipe: these lines are lost, the next ones are tried.
      this.#reason = systemReason(error);
    }
    return written;
  }
}

function lineEnds(bytes: Uint8Array, from: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED, from); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count++;
  }
  return count;
}
