/**
 * Time that counts only while the hub is awake.
 *
 * @module
 */

import type { Clock } from "../hub/clock.ts";
import { ASLEEP_MS } from "./limits.ts";

/** The clocks of the system, in milliseconds. */
export interface SystemClocks {
  /** From some moment on; never goes back. */
  monotonic(): number;
  /** Unix time. */
  wall(): number;
  /** Calls back once, so much later. Returns how to call that off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The real ones. */
export const SYSTEM_CLOCKS: SystemClocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

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
