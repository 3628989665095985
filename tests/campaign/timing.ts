/**
 * Promises about time, on a machine that may have other things to do.
 *
 * @module
 */

import type { Trial } from "./campaign.ts";

/** Something took longer than it may: it can have been the hub, or the machine. */
export class TooSlowError extends Error {
  override readonly name = "TooSlowError";
}

/** Throws what took too long, if it did. */
export function insistInTime(condition: boolean, wrong: string): asserts condition {
  if (!condition) throw new TooSlowError(wrong);
}

/** Rounds in which a machine may have its moments. */
const ROUNDS = 3;

/**
 * Goes through a round, and once or twice more where something took too long in it. What a hub does
 * too slowly shows in every round; anything else that is wrong counts at once.
 *
 * @param round goes on until it is over: as long as the trial, and any further one as long again
 */
export async function inSomeRound(
  trial: Trial,
  round: (isOver: () => boolean) => Promise<void>,
): Promise<void> {
  let isOver = () => trial.isOver;
  for (let left = ROUNDS - 1; left > 0; left--) {
    try {
      return await round(isOver);
    } catch (error) {
      if (!(error instanceof TooSlowError)) throw error;
      trial.note("once more, since", error.message);
    }
    const end = performance.now() + trial.seconds * 1000;
    isOver = () => performance.now() >= end;
  }
  await round(isOver);
}
