/**
 * A consumer that reads far less than there is for it, but reads: 8 KiB each 100 ms. (Less would look
 * stuck: the system says that there is room in a unix socket when most of it is.)
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import {
  type Publisher,
  type Readers,
  startPublisher,
  startReaders,
} from "../campaign/load/starts.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { lostNothing, waitedNoLonger } from "../campaign/neighbours.ts";
import { askStatus, insist } from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";

const NEIGHBOURS = 7;
const PACE = { bytes: 8 * 1024, every: 100 };
const NUMBERED = { type: "load.slow", filler: 132 };

/** Events published at a time. */
const FLOOD = 50_000;

/** Floods without the slow one, for comparison. */
const BEFORE = 4;

/** Floods beside it, at least: while the first one comes it has not been given up yet. */
const LEAST = 5;

export const slowConsumer: Part = {
  name: "slow consumer",
  rows: [6],
  weight: 9,
  floors: {
    "events published at it": 1_000_000,
    "events that it got": 2_000,
    "events that it lost": 900_000,
    "events that the others got": 8_000_000,
  },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using place = await Place.withHub();
  const told = { types: [NUMBERED.type], numbered: NUMBERED };
  const neighbours = await startReaders(place, { ...told, connections: NEIGHBOURS, key: "n" });
  const publisher = await startPublisher(place, NUMBERED);
  const flood = floods(publisher);

  let published = 0;
  const before = new Spread();
  const beside = new Spread();
  for (let i = 0; i < BEFORE; i++) {
    await neighbours.does("measure");
    published = await flood();
    const p99 = await lostNothing(neighbours, published);
    // The first one warms the hub up.
    if (i > 0) before.add(p99);
  }

  const unseen = published;
  const slow = await startReaders(place, {
    types: [NUMBERED.type],
    numbered: { ...NUMBERED, before: unseen },
    connections: 1,
    key: "slow",
    pace: PACE,
  });
  do {
    await neighbours.does("measure");
    published = await flood();
    await looksOpen(place, published - unseen);
    beside.add(await lostNothing(neighbours, published));
  } while (!isOver() || beside.count < LEAST);
  await hasItsGaps(trial, place, slow, published - unseen);

  waitedNoLonger(trial, before, beside);
  trial.tally.add("events published at it", published - unseen);
  trial.tally.add("events that the others got", published * NEIGHBOURS);
}

/** Publishes as fast as can be, again and again; each time tells how many events there were so far. */
function floods(publisher: Publisher): () => Promise<number> {
  let published = 0;
  return async () => {
    const { refused, routed } = await publisher.does({ events: FLOOD, rate: 0 }, 60_000);
    published += FLOOD;
    insist(refused === undefined, `the publisher was refused: ${refused}`);
    insist(routed === published, `${routed} of ${published} were routed`);
    return published;
  };
}

async function looksOpen(place: Place, published: number): Promise<void> {
  const { consumers, closed } = await askStatus(place.socket);
  const row = consumers.find(({ event_key }) => event_key === "slow0");
  insist(row !== undefined, `it was closed, though it reads: ${JSON.stringify(closed)}`);
  insist(row.received === published, `it was given ${row.received} of ${published} events`);
}

/** What it has lost it sees as gaps, all of it, and the newest reach it. */
async function hasItsGaps(
  trial: Trial,
  place: Place,
  slow: Readers,
  published: number,
): Promise<void> {
  const [atTheEnd] = await slow.does("hurry");
  trial.tally.add("events that it got", atTheEnd?.count ?? 0);
  await eventually("it has what is left", async () => {
    const [report] = await slow.does("report");
    insist(report?.isClosed === false, "it was closed, though it reads");
    return report.last === published;
  });
  const [report] = await slow.does("report");
  insist(report !== undefined && report.wrong === undefined, `the slow one: ${report?.wrong}`);
  const { consumers } = await askStatus(place.socket);
  const dropped = consumers.find(({ event_key }) => event_key === "slow0")?.dropped;
  insist(report.missing === dropped, `it misses ${report.missing}; dropped is ${dropped}`);
  trial.tally.add("events that it lost", dropped);
}
