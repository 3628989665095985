/**
 * Waiting for a time from which one can be woken.
 *
 * @module
 */

import { orAborted } from "../platform/aborted.ts";
import type { SystemClocks } from "../platform/clocks.ts";
import { within } from "../platform/within.ts";

/** Waits for one who can be woken; it keeps in mind that it was, until the next one waits. */
export class Sleeper {
  #woken = Promise.withResolvers<void>();

  constructor(private readonly clocks: SystemClocks) {}

  /** Ends the wait of now, or else the next one at once. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Resolves after so many milliseconds, when it is woken, or when the signal fires. One at a time. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = this.#woken;
    await within(this.clocks, milliseconds, orAborted(woken.promise, signal));
    // Who waits for that still listens to the signal.
    woken.resolve();
    this.#woken = Promise.withResolvers();
  }
}
