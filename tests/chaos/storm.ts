/**
 * Very many consumers come while the hub stands still: the system's queue of connections is full long
 * before all have knocked, and the rest is sent away at once.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { type Crowd, type Publisher, startCrowd, startPublisher } from "../campaign/load/starts.ts";
import { MANY_DESCRIPTORS, serveUnder, tooMany } from "../campaign/serve_under.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { hubsOf } from "./stage/processes.ts";
import { askStatus, insist } from "../campaign/questions.ts";

const CROWD = 2_000;

/** Programs of ours among them, which would start a hub if they took this one for dead. */
const PROGRAMS = 4;

const STOPPED_MS = 3_000;

/** Milliseconds in which all are registered. */
const REGISTERED_MS = 10_000;

/** Longer than any of them has to wait: who is not taken by then is not taken. */
const PATIENCE_MS = 30_000;

export const storm: Part = {
  name: "connection storm",
  rows: [3],
  weight: 5,
  floors: { "registered": 4_000, "found no room in the queue": 60_000, "programs": 8 },
  async run(trial) {
    do await round(trial); while (trial.goesOn() && trial.skipped === undefined);
  },
};

async function round(trial: Trial): Promise<void> {
  await using place = await Place.empty();
  const hub = await serveUnder(place, MANY_DESCRIPTORS);
  const reason = tooMany(CROWD, hub);
  if (reason) return trial.skip(reason);
  const { ino } = await Deno.lstat(place.socket);
  const publisher = await startPublisher(place, { type: "storm.", types: CROWD, filler: 10 });
  const crowd = await startCrowd(place, {
    key: "storm",
    type: "storm.",
    reads: true,
    patience: PATIENCE_MS,
  });

  await hub.freeze();
  const stoppedAt = performance.now();
  await crowd.does({ come: CROWD });
  await eventually("the queue is full", async () => {
    const { states: { waiting, knocking }, busy } = await crowd.does("report");
    return waiting + knocking === CROWD && busy > CROWD;
  });
  const programs = Array.from(
    { length: PROGRAMS },
    (_, at) => place.start(["consume", `program${at}`, "--types", "storm.0"]),
  );
  const left = STOPPED_MS - (performance.now() - stoppedAt);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
  hub.thaw();

  const thawedAt = performance.now();
  await eventually("all are registered", async () => {
    const { states, words } = await crowd.does("report");
    const { waiting, knocking, registered } = states;
    insist(
      waiting + knocking + registered === CROWD,
      `some were not taken: ${JSON.stringify(states)} ${words}`,
    );
    return registered === CROWD;
  }, REGISTERED_MS);
  trial.note("all registered after", `${Math.round(performance.now() - thawedAt)} ms`);
  await Promise.all(programs.map((program) => program.says(/^ready /, REGISTERED_MS)));

  const { pid, active_conns } = await askStatus(place.socket);
  insist(active_conns === CROWD + PROGRAMS, `the hub has ${active_conns} consumers`);
  insist(pid === hub.pid, `hub ${pid} has taken the place of ${hub.pid}`);
  const hubs = hubsOf(place.directory);
  insist(hubs.join() === `${hub.pid}`, `there are hubs ${hubs} beside ${hub.pid}`);
  insist((await Deno.lstat(place.socket)).ino === ino, "somebody has removed the socket");
  await getOneEach(crowd, publisher);

  const { busy } = await crowd.does("report");
  trial.tally.add("registered", CROWD);
  trial.tally.add("found no room in the queue", busy);
  trial.tally.add("programs", PROGRAMS);
}

/** Each of them gets the one event that is for it. */
async function getOneEach(crowd: Crowd, publisher: Publisher): Promise<void> {
  const { matched } = await publisher.does({ events: CROWD, rate: 0 });
  insist(matched === CROWD, `${matched} of ${CROWD} events had a consumer`);
  await eventually("each has got its event", async () => {
    const { frames } = await crowd.does("report");
    insist(frames <= CROWD, `${frames} frames came instead of ${CROWD}`);
    return frames === CROWD;
  });
}
