/**
 * All that a hub meets, at once and for long: readers and slow readers, consumers that are stuck and
 * consumers that hear nothing, some that come and go and some that die, questions, and peers that are
 * out to do harm.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import {
  type Crowd,
  type Publisher,
  type Readers,
  startChurn,
  startCrowd,
  startMischief,
  startPublisher,
  startReaders,
} from "../campaign/load/starts.ts";
import type { Mischief } from "../campaign/load/mischief.ts";
import { StallMeter } from "../campaign/stall.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { Vitals } from "../campaign/vitals.ts";
import { Watcher } from "../campaign/watcher.ts";
import { lostNothing } from "../campaign/neighbours.ts";
import { askStatus, insist } from "../campaign/questions.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { isSteady } from "./steady.ts";
import { StuckInTurn } from "./stuck_in_turn.ts";

const READERS = 4;
const READ = { type: "load.read", filler: 132 };
const IDLE = 200;

/** Events a second for those who read, and how many until it is looked at the time. */
const RATE = 2_000;
const LOT = 1_000;

const MISCHIEF: Readonly<Partial<Record<Mischief, number>>> = {
  "endless line": 1,
  "bad frame": 2,
  "deep or wide": 1,
  "deaf publisher": 1,
  "held line": 20,
};

/** Milliseconds in which everything has happened once, and the hub has what it needs for it. */
const WARM_UP_MS = 12_000;

/** Bytes of a hub's log, however long it goes on. */
const LOG_BYTES = 5 * 1024 * 1024;

export const mixed: Part = {
  name: "mixed load",
  rows: [25],
  weight: 36,
  floors: {
    "events that each reader got": 24_000,
    "events that the slow one lost": 5_000,
    "came and went": 1_000,
    "closed as slow": 20,
    "endless line": 10,
    "bad frame": 100,
    "deep or wide": 20,
    "deaf publisher": 1,
    "questions answered": 100,
    "looks of the watcher": 500,
  },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using place = await Place.empty();
  const log = `${place.directory}/hub.log`;
  await place.serve(["--log", log]);
  using watcher = await Watcher.on(place.socket);
  const endLooking = watcher.keepLooking(20);
  using meter = new StallMeter(place.socket);
  const endMischief = await makeMischief(trial, place);
  const stuck = await StuckInTurn.begin(place);
  const scene = await Scene.begin(trial, place);

  const warmAt = performance.now() + WARM_UP_MS;
  while (performance.now() < warmAt) await scene.publish();
  const vitals = new Vitals(place.hub);
  do await scene.publish(); while (!isOver());
  const steadiness = vitals.end();

  trial.tally.add("closed as slow", await stuck.end());
  await endMischief();
  await scene.end();
  const stalls = await meter.end();
  await endLooking();
  trial.tally.add("questions answered", stalls.answers);
  trial.tally.add("looks of the watcher", watcher.got);
  trial.note("longest answer", `${Math.round(stalls.longest)} ms`);
  insist(stalls.failures.length === 0, `questions without an answer: ${stalls.failures}`);
  const bytes = await logBytes(place.directory);
  trial.note("log", `${Math.round(bytes / 1024)} KiB`);
  insist(bytes <= LOG_BYTES, `the log has ${bytes} bytes`);
  isSteady(trial, steadiness);
}

/** Those who do no harm, and the publisher of what they read. */
class Scene {
  #published = 0;

  private constructor(
    private readonly trial: Trial,
    private readonly place: Place,
    private readonly publisher: Publisher,
    private readonly readers: Readers,
    private readonly slow: Readers,
    private readonly idle: Crowd,
  ) {}

  static async begin(trial: Trial, place: Place): Promise<Scene> {
    const told = { types: [READ.type], numbered: READ };
    const [publisher, readers, slow, idle] = await Promise.all([
      startPublisher(place, READ),
      startReaders(place, { ...told, connections: READERS, key: "reader" }),
      startReaders(place, {
        ...told,
        connections: 1,
        key: "slow",
        pace: { bytes: 8 * 1024, every: 100 },
      }),
      startCrowd(place, { key: "idle", type: "idle.", reads: true, patience: 5_000 }),
    ]);
    await idle.does({ come: IDLE });
    return new Scene(trial, place, publisher, readers, slow, idle);
  }

  async publish(): Promise<void> {
    const { refused } = await this.publisher.does({ events: LOT, rate: RATE }, 60_000);
    insist(refused === undefined, `the publisher was refused: ${refused}`);
    this.#published += LOT;
  }

  /** Those who read have lost nothing, the slow one what it sees as gaps; those who asked for nothing got nothing. */
  async end(): Promise<void> {
    await lostNothing(this.readers, this.#published);
    this.trial.tally.add("events that each reader got", this.#published);

    await this.slow.does("hurry");
    await eventually("the slow one has what is left", async () => {
      const [report] = await this.slow.does("report");
      insist(report?.isClosed === false, "the slow one was closed, though it reads");
      return report.last === this.#published;
    });
    const [report] = await this.slow.does("report");
    const { consumers } = await askStatus(this.place.socket);
    const dropped = consumers.find(({ event_key }) => event_key === "slow0")?.dropped;
    insist(report?.wrong === undefined, `the slow one: ${report?.wrong}`);
    insist(report?.missing === dropped, `it misses ${report?.missing}; dropped is ${dropped}`);
    this.trial.tally.add("events that the slow one lost", dropped);

    const { states, frames } = await this.idle.does("report");
    insist(states.registered === IDLE, `${JSON.stringify(states)} of the idle ones`);
    insist(frames === 0, `${frames} frames came to those who had asked for none of them`);
  }
}

/** Begins it, and the coming and going; returns how to end both. */
async function makeMischief(trial: Trial, place: Place): Promise<() => Promise<void>> {
  const seed = trial.random.int(0, 1e9);
  const mischief = startMischief(place, { kinds: MISCHIEF, pause: 100, seed });
  const churn = await startChurn(place, { abreast: 2, seed });
  let isOver = false;
  const churning = (async () => {
    let report = await churn.does({ times: 50 });
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      report = await churn.does({ times: 50 }, 60_000);
    }
    return report;
  })();
  // Its failure is told when it is ended; until then it must not end the process.
  churning.catch(() => {});
  return async () => {
    isOver = true;
    const { left, diedWithin, diedAfter, wrong } = await churning;
    insist(wrong.length === 0, `some who came and went: ${wrong}`);
    trial.tally.add("came and went", left + diedWithin + diedAfter);
    for (const [name, count] of Object.entries(await mischief.does("report"))) {
      const [kind = name] = name.split(": ");
      trial.tally.add(kind, count);
    }
    await mischief.kill();
    await churn.kill();
  };
}

/** Bytes of the log that is written and of those before it that are kept. */
async function logBytes(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { name } of Deno.readDir(directory)) {
    if (name.startsWith("hub.log")) bytes += (await Deno.stat(`${directory}/${name}`)).size;
  }
  return bytes;
}
