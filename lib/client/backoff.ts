/**
 * Waiting longer and longer between attempts.
 *
 * @module
 */

/** The longest pause before the first attempt, in milliseconds. */
const SHORTEST_MS = 50;

/**
 * The pause before an attempt, in milliseconds: it doubles from one to the next, and is somewhere in
 * the upper half of that, or all who lost the same hub would come at once, each time.
 *
 * @param attempt the number of the attempt, from 0
 * @param longest milliseconds of the longest pause
 * @param random a number from 0 to 1
 */
export function backoff(attempt: number, longest: number, random: number): number {
  return Math.min(SHORTEST_MS * 2 ** attempt, longest) * (0.5 + random / 2);
}
