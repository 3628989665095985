/**
 * The processes of the load, each with the words that it understands.
 *
 * @module
 */

import type { Place } from "../../e2e/kit.ts";
import type { ChurnOptions, ChurnOrder, ChurnReport } from "./churn.ts";
import type { CrowdOptions, CrowdOrder, CrowdReport } from "./crowd.ts";
import { Load } from "./load.ts";
import type { MischiefOptions, MischiefReport } from "./mischief.ts";
import type { PublisherOptions, PublisherOrder, PublisherReport } from "./publisher.ts";
import type { ReaderOptions, ReaderOrder, ReaderReport } from "./reader.ts";

type Told<Options extends { socket: string }> = Omit<Options, "socket">;

/** Very many consumers. Nobody comes before it is ordered. */
export type Crowd = Load<CrowdOrder, CrowdReport>;

/** One publisher. */
export type Publisher = Load<PublisherOrder, PublisherReport>;

/** Consumers that check what they get; the reports are in the order of their keys. */
export type Readers = Load<ReaderOrder, readonly ReaderReport[]>;

/** Starts a churn, and waits until it can be ordered to begin. */
export async function startChurn(
  place: Place,
  told: Told<ChurnOptions>,
): Promise<Load<ChurnOrder, ChurnReport>> {
  const churn: Load<ChurnOrder, ChurnReport> = Load.start(place, "churn", {
    socket: place.socket,
    ...told,
  });
  await churn.hears();
  return churn;
}

/** Starts a crowd, and waits until it can be ordered to come. */
export async function startCrowd(place: Place, told: Told<CrowdOptions>): Promise<Crowd> {
  const crowd: Crowd = Load.start(place, "crowd", { socket: place.socket, ...told });
  await crowd.does("report");
  return crowd;
}

/** Starts a publisher, and waits until it is connected. */
export async function startPublisher(
  place: Place,
  told: Told<PublisherOptions>,
): Promise<Publisher> {
  const publisher: Publisher = Load.start(place, "publisher", { socket: place.socket, ...told });
  await publisher.hears();
  return publisher;
}

/** Starts readers, and waits until all are subscribed. */
export async function startReaders(place: Place, told: Told<ReaderOptions>): Promise<Readers> {
  const readers: Readers = Load.start(place, "reader", { socket: place.socket, ...told });
  await readers.hears();
  return readers;
}

/** Starts mischief, which goes on until its place ends or it is killed. */
export function startMischief(
  place: Place,
  told: Told<MischiefOptions>,
): Load<"report", MischiefReport> {
  return Load.start(place, "mischief", { socket: place.socket, ...told });
}
