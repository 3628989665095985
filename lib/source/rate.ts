/**
 * How many events a source may bring.
 *
 * @module
 */

import type { SystemClocks } from "../platform/clocks.ts";

/** So many in a time; those of a quiet time may come at once after it. */
export class Rate {
  #left: number;
  #at: number;

  /**
   * @param count how many
   * @param milliseconds in which time
   */
  constructor(
    private readonly count: number,
    private readonly milliseconds: number,
    private readonly clocks: Pick<SystemClocks, "monotonic">,
  ) {
    this.#left = count;
    this.#at = clocks.monotonic();
  }

  /** Takes one, where there is one to take. Returns the milliseconds until there is; 0 where it was. */
  take(): number {
    const now = this.clocks.monotonic();
    const gained = (now - this.#at) * this.count / this.milliseconds;
    this.#left = Math.min(this.count, this.#left + gained);
    this.#at = now;
    if (this.#left < 1) return (1 - this.#left) * this.milliseconds / this.count;
    this.#left--;
    return 0;
  }

  /** Gives one back that was taken for nothing. */
  giveBack(): void {
    this.#left = Math.min(this.count, this.#left + 1);
  }
}
