/**
 * The hub's log: lines for people.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";

/** Milliseconds in which one cause gets one line. */
const QUIET_MS = 1_000;

/** Causes remembered; they are named by the hub itself, never by a peer. */
interface Cause {
  since: number;
  suppressed: number;
}

/**
 * Writes lines with the time before them. Whatever comes from outside is escaped, so that one event
 * of the log is one line.
 */
export class Log {
  readonly #causes = new Map<string, Cause>();

  /**
   * @param write takes a line with its end; it must not throw
   * @param wall unix time in milliseconds
   */
  constructor(
    private readonly write: (line: string) => void,
    private readonly wall: () => number = Date.now,
  ) {}

  /** Writes a line. */
  line(text: string): void {
    this.write(`${new Date(this.wall()).toISOString()} ${printable(text)}\n`);
  }

  /**
   * Writes a line at most once a second for the same cause; the next one says how many were left
   * out.
   *
   * @param cause a fixed word for what happened
   */
  limited(cause: string, text: string): void {
    const now = this.wall();
    const last = this.#causes.get(cause);
    // A clock that was set back must not silence a cause for as long.
    if (last && Math.abs(now - last.since) < QUIET_MS) {
      last.suppressed++;
      return;
    }
    this.#causes.set(cause, { since: now, suppressed: 0 });
    const more = last && last.suppressed > 0 ? ` (and ${last.suppressed} more like this)` : "";
    this.line(text + more);
  }
}

const LINE_FEED = 0x0a;

/** Bytes of lines that may wait while nobody takes them. */
const WAITING_LINES = 64 * 1024;

/**
 * Writes a log's lines to something that may be slow or full: they wait, bounded, and what cannot be
 * written is left out. A hub never waits for its log.
 */
export class LineWriter {
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #writing: Promise<void> | undefined;
  /** Whether the output ends within a line, of which the rest is lost. */
  #isTorn = false;

  /** @param output where the bytes go; a failed write costs the lines in it */
  constructor(private readonly output: { write(bytes: Uint8Array): Promise<number> }) {}

  /** Takes a line with its end. */
  write(line: string): void {
    if (this.#waiting.length + line.length > WAITING_LINES) return;
    this.#waiting += line;
    this.#writing ??= this.#write();
  }

  /** Resolves when no line waits. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting !== "") {
      const bytes = this.#encoder.encode(`${this.#isTorn ? "\n" : ""}${this.#waiting}`);
      this.#waiting = "";
      let written = 0;
      try {
        while (written < bytes.length) written += await this.output.write(bytes.subarray(written));
      } catch {
        // A full disk or a closed pipe: these lines are lost, the next ones are tried.
      }
      if (written > 0) this.#isTorn = bytes[written - 1] !== LINE_FEED;
    }
    this.#writing = undefined;
  }
}
