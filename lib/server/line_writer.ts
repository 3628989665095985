/**
 * A log's way to its file or terminal.
 *
 * @module
 */

import { counted } from "../platform/counted.ts";
import { systemReason } from "../platform/system_reason.ts";

const LINE_FEED = 0x0a;

/** Bytes of lines that may wait while nobody takes them. */
const WAITING_LINES = 64 * 1024;

/**
 * Milliseconds after which a write of which nothing is taken is a fault: a disk or a terminal takes
 * less, a full pipe that nobody reads takes for ever.
 */
const STUCK_MS = 1_000;

/** What is being written: the lines from a place in it on, and how much of it is taken. */
interface Outgoing {
  readonly bytes: Uint8Array;
  readonly from: number;
  taken: number;
  /** When some of it was last taken, or it went out. */
  takenAt: number;
}

/**
 * Writes a log's lines to something that may be slow or full: they wait, bounded, and what cannot be
 * written is left out and counted. A hub never waits for its log.
 */
export class LineWriter {
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #writing: Promise<void> | undefined;
  #outgoing: Outgoing | undefined;
  /** Whether the output ends within a line, of which the rest is lost. */
  #isTorn = false;
  /** Lines left out since the last one that was written. */
  #lost = 0;
  #reason = "it takes too little";

  /**
   * @param output where the bytes go; a failed write costs the lines in it
   * @param notice makes the line, with its end, that stands in the place of those that were lost
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly output: { write(bytes: Uint8Array): Promise<number> },
    private readonly notice: (text: string) => string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Why lines are not written, and how many; nothing while all are. */
  get fault(): string | undefined {
    const lost = this.#lost === 0 ? [] : [`${counted(this.#lost, "line")} lost`];
    const stuck = this.#stuckLines;
    if (stuck > 0) {
      const wait = stuck === 1 ? "1 line waits" : `${stuck} lines wait`;
      return `the log cannot be written: it takes nothing (${[wait, ...lost].join(", ")})`;
    }
    return lost.length === 0
      ? undefined
      : `the log cannot be written: ${this.#reason} (${lost.join()})`;
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

  /** Lines that wait for a write of which nothing has been taken for too long, those in it included. */
  get #stuckLines(): number {
    const outgoing = this.#outgoing;
    if (!outgoing || this.now() - outgoing.takenAt < STUCK_MS) return 0;
    const { bytes, from, taken } = outgoing;
    return lineEnds(bytes, Math.max(taken, from)) + this.#waiting.split("\n").length - 1;
  }

  async #write(): Promise<void> {
    do {
      const lost = this.#lost;
      const torn = this.#isTorn ? "\n" : "";
      const head = lost === 0
        ? torn
        : `${torn}${this.notice(`${counted(lost, "line")} of this log could not be written`)}`;
      const bytes = this.#encoder.encode(`${head}${this.#waiting}`);
      const from = this.#encoder.encode(head).length;
      this.#waiting = "";
      const written = await this.#put({ bytes, from, taken: 0, takenAt: this.now() });
      if (written > 0) this.#isTorn = bytes[written - 1] !== LINE_FEED;
      // Others may have been left out meanwhile.
      if (written >= from) this.#lost -= lost;
      this.#lost += lineEnds(bytes, Math.max(written, from));
    } while (this.#waiting !== "");
    this.#writing = undefined;
  }

  /** Returns how much was taken. */
  async #put(outgoing: Outgoing): Promise<number> {
    const { bytes } = outgoing;
    this.#outgoing = outgoing;
    try {
      while (outgoing.taken < bytes.length) {
        outgoing.taken += await this.output.write(bytes.subarray(outgoing.taken));
        outgoing.takenAt = this.now();
      }
    } catch (error) {
      // A full disk or a closed pipe: these lines are lost, the next ones are tried.
      this.#reason = systemReason(error);
    }
    this.#outgoing = undefined;
    return outgoing.taken;
  }
}

function lineEnds(bytes: Uint8Array, from: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED, from); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count++;
  }
  return count;
}
