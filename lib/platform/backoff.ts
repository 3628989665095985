/**
 * Waiting longer and longer between attempts.
 *
 * @module
 */

/** The pauses between attempts, in milliseconds. */
export interface PauseRange {
  /** No pause is shorter. */
  readonly shortest: number;
  /** No pause is longer. */
  readonly longest: number;
}

/**
 * The pause before an attempt, in milliseconds: it doubles from one to the next, and is somewhere in
 * the upper half of that, or all who lost the same thing would come at once, each time.
 *
 * @param attempt the number of the attempt, from 0
 * @param random a number from 0 to 1
 */
export function backoff(
  attempt: number,
  { shortest, longest }: PauseRange,
  random: number,
): number {
  const pause = Math.min(shortest * 2 ** (attempt + 1), longest) * (0.5 + random / 2);
  return Math.max(shortest, pause);
}
