/**
 * Whoever comes in the milliseconds in which a hub that nobody needed leaves is served: by it, or by
 * the next one.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { consumeOnce, pathsOf, publishOnce } from "./stage/library_peers.ts";
import { askStatusIfThere, insist } from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";

/** Who comes in a round, a millisecond after the one before. */
const COMERS = 20;

/** Places in which that is done side by side: most of it is waiting. */
const AT_ONCE = 3;

const IDLE_MS = 100;

/** Milliseconds by which they come earlier or later the next time, at first. */
const WIDEST_STEP_MS = 60;

/** Milliseconds in which each is served. */
const SERVED_MS = 3_000;

export const idleExit: Part = {
  name: "idle exit",
  rows: [16],
  weight: 4,
  floors: { "served": 500, "served by the hub that left": 60, "served by the next": 60 },
  async run(trial) {
    const served = new Spread();
    const lanes = Array.from({ length: AT_ONCE }, () => comeAgainAndAgain(served, trial));
    for (const lane of await Promise.allSettled(lanes)) {
      if (lane.status === "rejected") throw lane.reason;
    }
    trial.note("served at the idle exit", served.text);
  },
};

async function comeAgainAndAgain(served: Spread, trial: Trial): Promise<void> {
  const random = trial.random.fork();
  await using place = await Place.empty();
  // Milliseconds from the first sight of a hub to who comes in the middle. Those that came in time
  // make the next come later, those that came too late earlier: so all come as it leaves. Each turn
  // halves the way, which begins wide enough to meet both in any few rounds.
  let aim = IDLE_MS + random.int(90, 150);
  let [step, wasLate] = [WIDEST_STEP_MS, false];
  while (trial.goesOn()) {
    const late = await comeAsItLeaves(place, aim, served, trial);
    if (late === undefined) continue;
    const isLate = late > COMERS / 2;
    if (isLate !== wasLate) step = Math.max(1, step / 2);
    aim = Math.max(IDLE_MS, aim + (isLate ? -step : step) + random.int(-3, 3));
    wasLate = isLate;
  }
}

/** Returns how many were served by the next hub, or nothing where the hub left unseen. */
async function comeAsItLeaves(
  place: Place,
  aim: number,
  served: Spread,
  { tally }: Trial,
): Promise<number | undefined> {
  const paths = pathsOf(place);
  const leaving = await place.serve(["--idle-timeout", `${IDLE_MS}ms`]);
  const first = (await askStatusIfThere(place.socket))?.hub_id;
  if (first === undefined) {
    // On a machine that was busy for as long as the hub stays, it may be gone before it is asked.
    insist((await leaving.end()).code === 0, "a hub that left unseen has not ended as it should");
    return undefined;
  }
  await pause(aim - COMERS / 2);
  const comers: Promise<string>[] = [];
  for (let comer = 0; comer < COMERS; comer++) {
    comers.push(come(paths, served));
    await pause(1);
  }
  const hubs: string[] = [];
  for (const comer of await Promise.allSettled(comers)) {
    if (comer.status === "rejected") throw comer.reason;
    hubs.push(comer.value);
  }
  const byTheNext = hubs.filter((hub) => hub !== first).length;
  tally.add("served", COMERS);
  tally.add("served by the hub that left", COMERS - byTheNext);
  tally.add("served by the next", byTheNext);
  insist(new Set(hubs).size <= 2, `${new Set(hubs).size} hubs served who came at once`);
  insist((await leaving.end()).code === 0, "a hub that left has not ended as it should");
  // The next one would stay for 30 s.
  if (byTheNext > 0) await place.stop();
  return byTheNext;
}

/** Returns by which hub it was served. */
async function come(paths: HubPaths, served: Spread): Promise<string> {
  const start = performance.now();
  await publishOnce(paths);
  const hub = await consumeOnce(paths, "k");
  const took = performance.now() - start;
  served.add(took);
  insist(took <= SERVED_MS, `one who came as the hub left waited ${took.toFixed()} ms`);
  return hub;
}
