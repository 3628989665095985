/**
 * Real commands that set a key up and clean it up, run by consumers that come and go at random: half
 * the time in peace, then with some of them killed, among others or alone.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { insist } from "../campaign/questions.ts";
import { breakOff, churn, killAlone, MOMENTS } from "../e2e/key_churn.ts";
import { KeyLog } from "../e2e/key_log.ts";
import { Place } from "../e2e/kit.ts";

/** Milliseconds in which a few consumers come and go, on a slow machine too. */
const SHORTEST_MS = 3_000;

/** What tells a consumer to go. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

const CYCLES_WITH_KILLS = "cycles of setup and cleanup, with kills";
const KILLED_AMONG_OTHERS = "killed among others";

export const setupAndCleanup: Part = {
  name: "setup and cleanup",
  rows: [28],
  weight: 6,
  floors: {
    "consumers that came": 100,
    "cycles of setup and cleanup, in peace": 25,
    "setups broken off by a signal": 1,
    [CYCLES_WITH_KILLS]: 8,
    [KILLED_AMONG_OTHERS]: 10,
    "killed alone, and the next one first": 5,
    "killed while their command ran": 5,
  },
  async run(trial) {
    const { seconds, tally } = trial;
    await brokenOff(trial);
    await inPeace(trial, Math.max(SHORTEST_MS, seconds * 500));
    do {
      await killedAmongOthers(trial, Math.max(SHORTEST_MS, seconds * 300));
    } while (!tally.isEnough(CYCLES_WITH_KILLS, KILLED_AMONG_OTHERS) && trial.goesOn());
    await killedAlone(trial);
  },
};

async function brokenOff({ tally }: Trial): Promise<void> {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  for (const name of SIGNALS) await breakOff(place, log, name);
  tally.add("setups broken off by a signal", (await log.whole()).brokenOff);
}

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
  tally.add(CYCLES_WITH_KILLS, cleanups);
  tally.add("setups broken off by a signal", story.brokenOff);
  tally.add(KILLED_AMONG_OTHERS, kills);
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
