/**
 * Time that counts only while the hub is awake.
 *
 * @module
 */

import type { Clock } from "../hub/clock.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { ASLEEP_MS } from "./limits.ts";

/**
 * A clock that stands still while its process is stopped, or too busy to look at it: no peer is held
 * to a deadline that the hub itself slept through. It must be read at least every
 * {@linkcode ASLEEP_MS}, which the sweep does.
 */
export class WakingClock implements Clock {
  #last: number;
  #slept = 0;

  constructor(private readonly clocks: SystemClocks = SYSTEM_CLOCKS) {
    this.#last = clocks.monotonic();
  }

  now(): number {
    const now = this.clocks.monotonic();
    const gap = now - this.#last;
    this.#last = now;
    if (gap > ASLEEP_MS) this.#slept += gap;
    return now - this.#slept;
  }

  wall(): number {
    return this.clocks.wall();
  }
}
