/**
 * Clocks that a test drives, and that tell it when somebody begins to wait.
 *
 * @module
 */

import { orAborted } from "../../lib/platform/aborted.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

/** Milliseconds, of the real clock, after which what is waited for does not come. */
const PATIENCE_MS = 20_000;

/** Clocks that stand still until they are told to go on. */
export class WatchedClocks extends DrivenClocks {
  #changed = Promise.withResolvers<void>();

  override after(milliseconds: number, callback: () => void): () => void {
    const callOff = super.after(milliseconds, callback);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return callOff;
  }

  /** Resolves when the next alarm is due at a moment. */
  async untilDue(moment: number): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (this.nextDue !== moment) {
      await orAborted(this.#changed.promise, late);
      if (late.aborted) throw new Error(`nothing is due at ${moment}, but at ${this.nextDue}`);
    }
  }

  /** Goes on to a moment, and rings what is due then. */
  goTo(moment: number): void {
    this.setTo(moment);
    this.ring();
  }
}
