/**
 * What is done about a case that failed.
 *
 * @module
 */

import { Bench, Deviation } from "./bench.ts";
import { bytesOf, type Case, keep } from "./cases.ts";
import { shrink } from "./shrink.ts";

/** Milliseconds for looking which case it was, and for making it small. */
const PATIENCE_MS = 60_000;

/** Bytes of the largest case that is kept. */
const MOST_KEPT = 256 * 1024;

/**
 * Finds out which of several cases fails when it is played alone, makes it small and keeps it in a
 * file, to be replayed for ever.
 *
 * @param deviation what was seen
 * @param suspects the cases that were being played, for what one did may show in another
 * @returns what is to be said of it
 */
export async function report(deviation: Deviation, suspects: readonly Case[]): Promise<string> {
  const { played, foretold, message } = deviation;
  const end = performance.now() + PATIENCE_MS;
  for (const suspect of new Set([played, ...suspects])) {
    if (performance.now() > end || !await failure(suspect)) continue;
    const fails = async (smaller: Case) => await failure(smaller) !== undefined;
    const small = await shrink(suspect, fails, end - performance.now());
    const found = await failure(small);
    const where = bytesOf(small).length > MOST_KEPT
      ? "too large to be kept"
      : `kept in ${await keep(small, found?.foretold ?? foretold, found?.message ?? message)}`;
    return `${small.state}, which ${small.end}: ${found?.message ?? message}\n${where}`;
  }
  return `${played.state}, which ${played.end}: ${message}\nno case fails alone`;
}

/** Plays a case alone against a hub of its own. Returns what came instead, if it fails. */
async function failure(played: Case): Promise<Deviation | undefined> {
  let deviation: Deviation | undefined;
  try {
    await using bench = await Bench.open();
    try {
      await bench.play(played);
    } catch (error) {
      if (!(error instanceof Deviation)) throw error;
      deviation = error;
    }
  } catch (error) {
    // The hub did not end as it should.
    deviation ??= new Deviation(played, Bench.foretellAlone(played), error);
  }
  return deviation;
}
