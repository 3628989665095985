/**
 * The hub's log: lines for people.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";

/** Milliseconds in which one cause gets one line. */
const QUIET_MS = 1_000;

/** Characters of the longest line, apart from its time: what comes from outside is cut there. */
const LONGEST_LINE = 1_000;

/** The same of a text that the count of those left out follows. */
const LONGEST_LIMITED = LONGEST_LINE - 50;

/** Causes remembered; they are named by the hub itself, never by a peer. */
interface Cause {
  since: number;
  /** Lines written since then. */
  written: number;
  /** Lines left out since then, and the last of them. */
  suppressed: number;
  text: string;
}

/**
 * Writes lines with the time before them. Whatever comes from outside is escaped, so that one event
 * of the log is one line.
 */
export class Log {
  readonly #causes = new Map<string, Cause>();

  /**
   * @param write takes a line with its end; it must not throw
   * @param wall unix time in milliseconds, to be written
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    private readonly write: (line: string) => void,
    private readonly wall: () => number = Date.now,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A text as a line of the log, with its end. */
  format(text: string): string {
    return `${new Date(this.wall()).toISOString()} ${printable(text, LONGEST_LINE)}\n`;
  }

  /** Writes a line. */
  line(text: string): void {
    this.write(this.format(text));
  }

  /**
   * Writes a line at most once a second for the same cause, or as often as it may be; the next one says
   * how many were left out. The newest is never left out for good.
   *
   * @param cause a fixed word for what happened
   * @param most lines of this cause in one second
   */
  limited(cause: string, text: string, most = 1): void {
    const last = this.#causes.get(cause);
    if (!last || this.now() - last.since >= QUIET_MS) {
      return this.#tell(cause, text, last?.suppressed ?? 0);
    }
    if (last.written < most) {
      last.written++;
      return this.line(text);
    }
    last.suppressed++;
    last.text = text;
  }

  /** Tells of what was left out, where its second is over. To be called every now and then. */
  settle(): void {
    for (const [cause, { since, suppressed, text }] of this.#causes) {
      if (this.now() - since < QUIET_MS) continue;
      if (suppressed > 0) this.#tell(cause, text, suppressed - 1);
      else this.#causes.delete(cause);
    }
  }

  #tell(cause: string, text: string, more: number): void {
    this.#causes.set(cause, { since: this.now(), written: 1, suppressed: 0, text });
    this.line(more > 0 ? `${printable(text, LONGEST_LIMITED)} (and ${more} more like this)` : text);
  }
}
