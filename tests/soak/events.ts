/**
 * Millions of events to eight readers, each a process of its own, as fast as can be, with the webhooks
 * of GitHub among them. Publisher and readers each sum up all bytes in a hash.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import type { ReaderReport } from "../campaign/load/reader.ts";
import { type Readers, startPublisher, startReaders } from "../campaign/load/starts.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { insistKeptUp } from "../campaign/neighbours.ts";
import { askStatus, insist } from "../campaign/questions.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";

const READERS = 8;
const TYPE = "load.event";

/** Bytes of a payload beside its number and time: it has 200 in all. */
const FILLER = 154;

/** One of them does some work after each read, as programs do: it keeps up, and is behind all the time. */
const WORK = { bytes: 256 * 1024, every: 5 };

/** So many events between two webhooks. */
const AFTER = 30;

/** Events until it is looked at the time. */
const LOT = 50_000;

export const manyEvents: Part = {
  name: "events",
  rows: [2],
  weight: 40,
  floors: {
    "events": 400_000,
    "webhooks among them": 12_000,
    "events that readers got": 3_200_000,
  },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using place = await Place.withHub();
  const readers = await Promise.all(
    Array.from({ length: READERS }, (_, at) =>
      startReaders(place, {
        types: [TYPE, "github.>"],
        connections: 1,
        key: `reader${at}-`,
        hashes: true,
        ...(at === 0 ? { pace: WORK } : {}),
      })),
  );
  const publisher = await startPublisher(place, {
    type: TYPE,
    filler: FILLER,
    webhooks: { after: AFTER, count: 1 },
    hashes: true,
  });

  const start = performance.now();
  let published = 0;
  let hash = "";
  do {
    const report = await publisher.does({ events: LOT, rate: 0 }, 60_000);
    published += LOT;
    hash = report.hash;
    insist(report.refused === undefined, `the publisher was refused: ${report.refused}`);
    insist(report.matched === published, `${report.matched} of ${published} were routed`);
  } while (!isOver());
  await Promise.all(readers.map((reader) => gotAll(reader, published, hash)));
  const seconds = (performance.now() - start) / 1000;

  const { consumers } = await askStatus(place.socket);
  for (const { event_key, dropped, received } of consumers) {
    insist(dropped === 0, `${event_key}, which reads, has lost ${dropped} events`);
    insist(received === published, `${event_key} was given ${received} of ${published}`);
  }
  trial.tally.add("events", published);
  trial.tally.add("webhooks among them", Math.floor(published / (AFTER + 1)));
  trial.tally.add("events that readers got", published * READERS);
  trial.note("events a second", Math.round(published / seconds).toString());
  trial.note("memory of the hub at most", `${Math.round(place.hub.memoryPeak() / 1e6)} MB`);
}

async function gotAll(reader: Readers, published: number, hash: string): Promise<void> {
  let report: ReaderReport | undefined;
  await eventually("a reader has got everything", async () => {
    [report] = await reader.does("report");
    insist(report?.wrong === undefined, `${report?.key}: ${report?.wrong}`);
    insist(report !== undefined, "it does not report");
    insistKeptUp(report);
    return report.last === published;
  });
  insist(report?.count === published, `${report?.key} got ${report?.count} of ${published}`);
  insist(report.hash === hash, `what ${report.key} got is not what was sent`);
}
