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

/** What has been said of a cause. */
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
  /** By their names, which are the hub's own, never a peer's: they are remembered. */
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

  /**
   * Tells of what was left out. To be called every now and then, and at the end.
   *
   * @param quiet milliseconds that must have passed since the cause was last told of
   */
  settle(quiet = QUIET_MS): void {
    for (const [cause, { since, suppressed, text }] of this.#causes) {
      if (this.now() - since < quiet) continue;
      if (suppressed > 0) this.#tell(cause, text, suppressed - 1);
      else this.#causes.delete(cause);
    }
  }

  #tell(cause: string, text: string, more: number): void {
    this.#causes.set(cause, { since: this.now(), written: 1, suppressed: 0, text });
    this.line(more > 0 ? `${printable(text, LONGEST_LIMITED)} (and ${more} more like this)` : text);
  }
}
