/**
 * How long an event is under way, from when it was due at its publisher.
 *
 * @module
 */

import { type PeerName, PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import { benchEvent } from "./bench_event.ts";
import type { DelaysReport } from "./delays.ts";
import { sumOfBytes } from "./flood.ts";
import type { PublishersOptions, PublishersOrder, PublishersReport } from "./load/publishers.ts";
import type { ReadersOptions, ReadersOrder, ReadersReport } from "./load/readers.ts";
import { LoadProcess } from "./load_process.ts";
import type { Row, Target, Trial } from "./row.ts";

const TYPE = "load";
const PAYLOAD_BYTES = 200;
const SECONDS = 3;

/** Seconds before it counts: programs get faster as they run. */
const WARM_SECONDS = 1;

/** The load of three rows. */
export interface LatencyOptions {
  readonly name: string;
  readonly consumers: number;
  /** Events a second. */
  readonly rate: number;
  /** Consumers beside them that get nothing. */
  readonly idle?: number;
  readonly isQuick?: boolean;
  readonly p50?: readonly Target[];
  readonly p99?: readonly Target[];
}

/** Rows of the delays that half of the events have at most, 99 of 100, and 999 of 1,000. */
export function latency(options: LatencyOptions): Trial {
  const { name, isQuick = false, p50, p99 } = options;
  const row = (which: string, targets?: readonly Target[]): Row => ({
    name: `${name}: ${which}`,
    unit: "ms",
    isLessBetter: true,
    ...(targets ? { targets } : {}),
  });
  return {
    name,
    rows: [row("p50", p50), row("p99", p99), row("p99.9")],
    isQuick,
    async run(peer) {
      const { delays, lost } = await latencyOnce(peer, options);
      if (lost > 0) return { lost };
      const { p50, p99, p999 } = delays;
      return { [`${name}: p50`]: p50, [`${name}: p99`]: p99, [`${name}: p99.9`]: p999 };
    },
  };
}

async function latencyOnce(
  name: PeerName,
  { consumers, rate, idle = 0 }: LatencyOptions,
): Promise<{ delays: DelaysReport; lost: number }> {
  await using running = await RunningPeer.start(PEERS[name]);
  const load = { peer: name, place: running.place };
  await using _others = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
    "readers",
    {
      ...load,
      asked: Array.from({ length: idle }, (_, at) => `idle.t${at}`),
      timed: false,
    },
  );
  const asked = Array.from({ length: consumers }, () => TYPE);
  await using readers = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
    "readers",
    { ...load, asked, timed: true },
  );
  await using writers = await LoadProcess.start<
    PublishersOptions,
    PublishersOrder,
    PublishersReport
  >("publishers", { ...load, publishers: 1, types: [TYPE], payloadBytes: PAYLOAD_BYTES });

  const event = benchEvent(TYPE, PAYLOAD_BYTES);
  const warm = WARM_SECONDS * rate;
  const all = warm + SECONDS * rate;
  const bytes = sumOfBytes(name, event, TYPE, all);
  const warmBytes = sumOfBytes(name, event, TYPE, warm);
  const each = (count: number) => ({ bytes: asked.map(() => count) });
  await writers.does({ events: warm, rate });
  await readers.does(each(warmBytes));
  await writers.does({ events: all - warm, rate });
  const { delays, missing } = await readers.does(each(bytes - warmBytes));
  const lost = missing.reduce((sum, some) => sum + some, 0) / (bytes / all);
  return { delays, lost: Math.ceil(lost) };
}
