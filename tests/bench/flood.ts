/**
 * Events as fast as can be: what the consumers get in a second, and what that costs.
 *
 * @module
 */

import type { PeerEvent } from "../peers/peer.ts";
import { type PeerName, PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import { benchEvent } from "./bench_event.ts";
import { LoadProcess } from "./load_process.ts";
import type { PublishersOptions, PublishersOrder, PublishersReport } from "./load/publishers.ts";
import type { ReadersOptions, ReadersOrder, ReadersReport } from "./load/readers.ts";
import type { Figures, Row, Target, Trial } from "./row.ts";

/** The load of a row. */
export interface FloodOptions {
  readonly name: string;
  readonly consumers: number;
  readonly payloadBytes?: number;
  readonly publishers?: number;
  /** Events of each publisher. */
  readonly events: number;
  /** So many types, each of them for one consumer; one for all, where it does not say. */
  readonly types?: number;
  /** Whether consumers ask for patterns. */
  readonly patterns?: boolean;
  readonly isQuick?: boolean;
  readonly targets?: readonly Target[];
  /** What the peak of the memory may be, where it is a row. */
  readonly peakTargets?: readonly Target[];
  /** Whether the time of a processor is a row. */
  readonly hasCost?: boolean;
}

/** A row of deliveries in a second; with it, where asked for, of cost and memory. */
export function flood(options: FloodOptions): Trial {
  const { name, targets, peakTargets, hasCost, isQuick = false } = options;
  const rows: Row[] = [{ name, unit: "events/s", ...(targets ? { targets } : {}) }];
  const cost = `${name}: processor time per delivery`;
  const peak = `${name}: peak of the memory`;
  if (hasCost) rows.push({ name: cost, unit: "µs", isLessBetter: true });
  if (peakTargets) rows.push({ name: peak, unit: "MB", isLessBetter: true, targets: peakTargets });
  return {
    name,
    rows,
    isQuick,
    async run(peer) {
      const outcome = await floodOnce(peer, options);
      if (outcome.lost > 0) return { lost: outcome.lost };
      return { [name]: outcome.rate, [cost]: outcome.cost, [peak]: outcome.peak } as Figures;
    },
  };
}

/** What came of it. */
interface Outcome {
  /** Deliveries a second. */
  readonly rate: number;
  /** Microseconds of a processor for each. */
  readonly cost: number;
  /** Megabytes at most. */
  readonly peak: number;
  /** Deliveries that did not come. */
  readonly lost: number;
}

async function floodOnce(name: PeerName, options: FloodOptions): Promise<Outcome> {
  const { consumers, payloadBytes = 200, publishers = 1, types: typeCount = 1 } = options;
  // A part is enough of one that takes ten times as long.
  const events = name === "mosquitto"
    ? Math.ceil(options.events / 20 / typeCount) * typeCount
    : options.events;
  await using running = await RunningPeer.start(PEERS[name]);
  const types = typesOf(options);
  const asked = Array.from({ length: consumers }, (_, at) => askedBy(at, options));
  const load = { peer: name, place: running.place };
  await using readers = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
    "readers",
    { ...load, asked, timed: false },
  );
  await using writers = await LoadProcess.start<
    PublishersOptions,
    PublishersOrder,
    PublishersReport
  >("publishers", { ...load, publishers, types, payloadBytes });

  const each = events * publishers / types.length;
  const eventOf = (consumer: number) =>
    benchEvent(types[consumer % types.length] ?? "", payloadBytes);
  const bytes = asked.map((what, at) => sumOfBytes(name, eventOf(at), what, each));
  const before = running.processorTime;
  running.forgetPeak();
  const { began } = await writers.does({ events });
  const { ended, missing } = await readers.does({ bytes });
  const deliveries = consumers * each;
  const eventBytes = PEERS[name].deliveredBytes(eventOf(0), asked[0] ?? "", 1);
  return {
    rate: deliveries / (ended - began) * 1e6,
    cost: (running.processorTime - before) / deliveries,
    peak: running.peak / 1e6,
    lost: missing.reduce((sum, some) => sum + Math.ceil(some / eventBytes), 0),
  };
}

function typesOf({ types = 1, patterns = false }: FloodOptions): string[] {
  return Array.from({ length: types }, (_, at) => patterns ? `load.t${at}.event` : `load.t${at}`);
}

function askedBy(consumer: number, { types = 1, patterns = false }: FloodOptions): string {
  return patterns ? `load.t${consumer % types}.*` : `load.t${consumer % types}`;
}

/** Bytes of so many events, one like the other, at one consumer. */
export function sumOfBytes(
  name: PeerName,
  event: PeerEvent,
  asked: string,
  events: number,
): number {
  const peer = PEERS[name];
  let sum = 0;
  // All numbers with as many digits have frames of the same length.
  for (let first = 1; first <= events; first *= 10) {
    const count = Math.min(events + 1, first * 10) - first;
    sum += peer.deliveredBytes(event, asked, first) * count;
  }
  return sum;
}
