/**
 * Promises about time, on a machine that may have other things to do.
 *
 * @module
 */

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
 */
export async function inSomeRound(round: () => Promise<void>): Promise<void> {
  for (let left = ROUNDS - 1; left > 0; left--) {
    try {
      return await round();
    } catch (error) {
      if (!(error instanceof TooSlowError)) throw error;
    }
  }
  await round();
}
