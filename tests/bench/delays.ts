/**
 * How long events were under way, from when they were due.
 *
 * @module
 */

import { DUE_DIGITS, dueOf, MARK } from "./bench_event.ts";

/** Milliseconds within which half of the events came, 99 of 100, and 999 of 1,000. */
export interface DelaysReport {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Gathers the delays of all consumers of a process. */
export class Delays {
  static readonly NONE: DelaysReport = { count: 0, p50: 0, p99: 0, p999: 0 };
  /** In microseconds. */
  #all = new Float64Array(1 << 16);
  #count = 0;

  /**
   * Takes bytes as they were read.
   *
   * @param now when that was, in microseconds
   * @returns how many bytes at the end may be a part of an event's time, and must come again
   */
  take(bytes: Uint8Array, now: number): number {
    let mark = bytes.indexOf(MARK);
    for (; mark !== -1; mark = bytes.indexOf(MARK, mark + DUE_DIGITS)) {
      if (mark + DUE_DIGITS >= bytes.length) return bytes.length - mark;
      this.#add(now - dueOf(bytes, mark));
    }
    return 0;
  }

  /** What was gathered; from now on nothing is. */
  report(): DelaysReport {
    const sorted = this.#all.subarray(0, this.#count).sort();
    const within = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000;
    this.#count = 0;
    return {
      count: sorted.length,
      p50: within(0.5),
      p99: within(0.99),
      p999: within(0.999),
    };
  }

  #add(delay: number): void {
    if (this.#count === this.#all.length) {
      const larger = new Float64Array(this.#all.length * 2);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.#count++] = delay;
  }
}
