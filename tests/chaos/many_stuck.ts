/**
 * Five hundred consumers that take nothing, each with a type of its own, so that they share no byte of
 * what waits for them, and far more published than the hub may hold.
 *
 * @module
 */

import { DEFAULT_MEMORY_BYTES } from "../../lib/server/limits.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { type Publisher, startCrowd, startPublisher } from "../campaign/load/starts.ts";
import { MANY_DESCRIPTORS, serveUnder, tooMany } from "../campaign/serve_under.ts";
import { StallMeter } from "../campaign/stall.ts";
import { descriptorsOf } from "../campaign/vitals.ts";
import { insistInTime, inSomeRound } from "../campaign/timing.ts";
import { Watcher } from "../campaign/watcher.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { askStatus, insist } from "../campaign/questions.ts";

const STUCK = 500;
const FILLER = 8_000;

/** Some get events besides of which each is nearly as long as a frame may be. */
const LONG = { types: 200, filler: 1_000_000 };
const LONG_EVENTS = 200;

/** Bytes that are published, in the long form and in the short one; both are more than fit. */
const LONG_BYTES = 1_000_000_000;
const SHORT_BYTES = 500_000_000;

/** The longest that who only asks how the hub is has to wait, in milliseconds. */
const STALL_MS = 100;

/** Milliseconds after which nothing is left of those that have died. */
const FORGOTTEN_MS = 2_000;

export const manyStuck: Part = {
  name: "many stuck at once",
  rows: [7],
  weight: 8,
  floors: {
    "stuck": 800,
    "megabytes published at them": 800,
    "long events published at some of them": 200,
    "looks of the watcher": 300,
    "questions answered": 150,
  },
  async run(trial) {
    do await inSomeRound(trial, () => round(trial)); while (
      trial.goesOn() && trial.skipped === undefined
    );
  },
};

async function round(trial: Trial): Promise<void> {
  await using place = await Place.empty();
  const hub = await serveUnder(place, MANY_DESCRIPTORS);
  const reason = tooMany(STUCK, hub);
  if (reason) return trial.skip(reason);
  const base = hub.memory();
  using watcher = await Watcher.on(place.socket);
  const crowd = await startCrowd(place, {
    key: "stuck",
    type: "stuck.",
    reads: false,
    patience: 5_000,
  });
  await watcher.look();
  const descriptors = descriptorsOf(hub);

  await crowd.does({ come: STUCK });
  await eventually("all are registered", async () => {
    const { states: { registered } } = await crowd.does("report");
    return registered === STUCK;
  });
  await crowd.running.freeze();
  const endLooking = watcher.keepLooking();
  using meter = new StallMeter(place.socket);
  const bytes = trial.seconds > 60 ? LONG_BYTES : SHORT_BYTES;
  const long = await startPublisher(place, { type: "stuck.", ...LONG });
  await publish(long, LONG_EVENTS);
  await long.kill();
  trial.tally.add("long events published at some of them", LONG_EVENTS);
  const publisher = await startPublisher(place, { type: "stuck.", types: STUCK, filler: FILLER });
  await flood(trial, publisher, bytes);
  const { buffered_bytes } = await askStatus(place.socket);

  await publisher.kill();
  await crowd.kill();
  await eventually(
    `the hub has ${descriptors} descriptors again`,
    () => descriptorsOf(hub) <= descriptors,
    FORGOTTEN_MS,
  );
  const stalls = await meter.end();
  await endLooking();

  trial.tally.add("stuck", STUCK);
  trial.tally.add("looks of the watcher", watcher.got);
  trial.tally.add("questions answered", stalls.answers);

  const megabytes = (bytes: number) => `${Math.round(bytes / 1_000_000)} MB`;
  const most = base + 1.2 * DEFAULT_MEMORY_BYTES;
  trial.note("memory before", megabytes(base));
  trial.note("memory at most", megabytes(hub.memoryPeak()));
  trial.note("in buffers at the end", megabytes(buffered_bytes));
  trial.note("longest stall", `${stalls.longest.toFixed(1)} ms`);
  trial.note("watcher's longest wait", `${watcher.longest.toFixed(1)} ms`);
  insist(hub.memoryPeak() <= most, `it took ${megabytes(hub.memoryPeak())} of ${megabytes(most)}`);
  insist(stalls.failures.length === 0, `questions without an answer: ${stalls.failures}`);
  insistInTime(stalls.longest <= STALL_MS, `it stood still for ${stalls.longest} ms`);
}

async function flood(trial: Trial, publisher: Publisher, bytes: number): Promise<void> {
  const milliseconds = await publish(publisher, Math.ceil(bytes / FILLER));
  trial.tally.add("megabytes published at them", Math.floor(bytes / 1_000_000));
  trial.note("published in", `${Math.round(milliseconds)} ms`);
}

/** Returns in how many milliseconds all were routed. */
async function publish(publisher: Publisher, events: number): Promise<number> {
  const { refused, routed, milliseconds } = await publisher.does({ events, rate: 0 }, 60_000);
  insist(refused === undefined, `the publisher was refused: ${refused}`);
  insist(routed === events, `${routed} of ${events} were routed`);
  return milliseconds;
}
