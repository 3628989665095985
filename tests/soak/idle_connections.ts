/**
 * Four thousand consumers that hear nothing, and eight beside them that hear two thousand events a
 * second.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import {
  type Crowd,
  type Publisher,
  type Readers,
  startCrowd,
  startPublisher,
  startReaders,
} from "../campaign/load/starts.ts";
import { MANY_DESCRIPTORS, serveUnder, tooMany } from "../campaign/serve_under.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { descriptorsOf } from "../campaign/vitals.ts";
import { lostNothing, waitedNoLonger } from "../campaign/neighbours.ts";
import { insist } from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";
import { Place } from "../e2e/kit.ts";
import type { Running } from "../e2e/running.ts";
import { eventually } from "../e2e/waiting.ts";

const IDLE = 4_000;
const ACTIVE = 8;
const RATE = 2_000;
const NUMBERED = { type: "load.active", filler: 132 };

/** Descriptors of a hub that are no connections, at most. */
const SPARE = 30;

/** Milliseconds in which they all come. */
const PATIENCE_MS = 30_000;

/** The share of the time in which there are no idle ones, for comparison. */
const BEFORE = 1 / 4;

/** Seconds with them, at least. */
const LEAST = 5;

export const idleConnections: Part = {
  name: "idle connections",
  rows: [1],
  weight: 28,
  floors: { "idle": 4_000, "events that each active one got": 30_000 },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using place = await Place.empty();
  const hub = await serveUnder(place, MANY_DESCRIPTORS);
  const reason = tooMany(IDLE, hub);
  if (reason) return trial.skip(reason);
  const active = await startReaders(place, {
    types: [NUMBERED.type],
    numbered: NUMBERED,
    connections: ACTIVE,
    key: "active",
  });
  const publisher = await startPublisher(place, NUMBERED);
  const scene = new Scene(trial, active, publisher);

  // The first events warm everybody up.
  await scene.hear();
  const before = new Spread();
  for (let i = 0; i < trial.seconds * BEFORE; i++) before.add(await scene.hear());
  const memory = hub.memory();
  const crowd = await startCrowd(place, {
    key: "idle",
    type: "idle.",
    reads: true,
    patience: PATIENCE_MS,
  });
  await come(crowd);
  trial.tally.add("idle", IDLE);
  const each = (hub.memory() - memory) / IDLE;
  trial.note("memory of an idle connection", `${(each / 1024).toFixed(1)} KiB`);

  await scene.hear();
  const beside = new Spread();
  do beside.add(await scene.hear()); while (!isOver() || beside.count < LEAST);
  hasFewDescriptors(trial, hub, IDLE + ACTIVE + 1);
  await heardNothing(crowd);
  waitedNoLonger(trial, before, beside);
}

/** Those who hear events, and their publisher. */
class Scene {
  #published = 0;

  constructor(
    private readonly trial: Trial,
    private readonly active: Readers,
    private readonly publisher: Publisher,
  ) {}

  /** All hear events for a second; tells in how many milliseconds 99 of 100 came. */
  async hear(): Promise<number> {
    await this.active.does("measure");
    const { refused } = await this.publisher.does({ events: RATE, rate: RATE });
    insist(refused === undefined, `the publisher was refused: ${refused}`);
    this.#published += RATE;
    this.trial.tally.add("events that each active one got", RATE);
    return await lostNothing(this.active, this.#published);
  }
}

async function come(crowd: Crowd): Promise<void> {
  await crowd.does({ come: IDLE });
  await eventually("all are registered", async () => {
    const { states: { registered, knocking, waiting }, words } = await crowd.does("report");
    insist(registered + knocking + waiting === IDLE, `some were not taken: ${words}`);
    return registered === IDLE;
  }, PATIENCE_MS);
}

function hasFewDescriptors(trial: Trial, hub: Running, connections: number): void {
  const besides = descriptorsOf(hub) - connections;
  trial.note("descriptors beside connections", String(besides));
  insist(besides <= SPARE, `the hub has ${besides} descriptors beside its connections`);
}

async function heardNothing(crowd: Crowd): Promise<void> {
  const { states: { registered }, frames } = await crowd.does("report");
  insist(registered === IDLE, `only ${registered} of ${IDLE} are left`);
  insist(frames === 0, `${frames} frames came to those who had asked for none of them`);
}
