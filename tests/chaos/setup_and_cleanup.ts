/**
 * Real commands that set a key up and clean it up, run by consumers that come and go at random: half
 * the time in peace, then with some of them killed, among others or alone.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { insist } from "../campaign/questions.ts";
import { churn, killAlone, MOMENTS } from "../e2e/key_churn.ts";
import { KeyLog } from "../e2e/key_log.ts";
import { Place } from "../e2e/kit.ts";

/** Milliseconds in which a few consumers come and go, on a slow machine too. */
const SHORTEST_MS = 3_000;

/** How often it is tried to see what is left to chance. */
const MOST_ROUNDS = 6;

export const setupAndCleanup: Part = {
  name: "setup and cleanup",
  rows: [28],
  weight: 6,
  floors: {
    "consumers that came": 100,
    "cycles of setup and cleanup, in peace": 25,
    "setups broken off by a signal": 1,
    "cycles of setup and cleanup, with kills": 8,
    "killed among others": 10,
    "killed alone, and the next one first": 5,
    "killed while their command ran": 5,
  },
  async run(trial) {
    const { seconds } = trial;
    const { tally } = trial;
    // However short the run, each of it is seen once; whether it is, is chance.
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await inPeace(trial, Math.max(SHORTEST_MS, seconds * 500));
      if (tally.count("setups broken off by a signal") > 0) break;
    }
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await killedAmongOthers(trial, Math.max(SHORTEST_MS, seconds * 300));
      if (tally.count("killed among others") > 0) break;
    }
    await killedAlone(trial);
  },
};

async function inPeace({ random, tally }: Trial, milliseconds: number): Promise<void> {
  await using place = await Place.withHub();
  const story = await churn(place, { random: random.fork(), milliseconds, kills: false });
  const { setups, cleanups } = story;
  insist(setups === cleanups, `${setups} setups, ${cleanups} cleanups`);
  tally.add("consumers that came", story.lives);
  tally.add("cycles of setup and cleanup, in peace", cleanups);
  tally.add("setups broken off by a signal", story.brokenOff);
}

async function killedAmongOthers(trial: Trial, milliseconds: number): Promise<void> {
  const { random, tally } = trial;
  await using place = await Place.withHub();
  const story = await churn(place, { random: random.fork(), milliseconds, kills: true });
  const { setups, cleanups, kills, overlaps } = story;
  const counts = `${setups} setups, ${cleanups} cleanups, ${kills} killed`;
  insist(setups - cleanups <= kills, counts);
  tally.add("consumers that came", story.lives);
  tally.add("cycles of setup and cleanup, with kills", cleanups);
  tally.add("setups broken off by a signal", story.brokenOff);
  tally.add("killed among others", kills);
  tally.add("killed while their command ran", story.killedAtWork);
  trial.note(
    "commands of those killed among others that the next one overlapped",
    String(overlaps),
  );
}

async function killedAlone(trial: Trial): Promise<void> {
  const { random, tally } = trial;
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  // However short the run, in each moment once.
  for (let count = 0; count < MOMENTS.length || !trial.isOver; count++) {
    await killAlone(place, log, MOMENTS[count] ?? random.pick(MOMENTS));
    tally.add("killed alone, and the next one first");
  }
  const { killedAtWork, overlaps } = await log.whole();
  tally.add("killed while their command ran", killedAtWork);
  trial.note("commands of those killed alone that the next one overlapped", String(overlaps));
}
