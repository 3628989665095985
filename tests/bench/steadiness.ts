/**
 * Memory in the long run: at full speed for ten minutes, and a minute after that.
 *
 * @module
 */

import { pause } from "../campaign/load/orders.ts";
import { PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import type { PublishersOptions, PublishersOrder, PublishersReport } from "./load/publishers.ts";
import type { ReadersOptions, ReadersOrder, ReadersReport } from "./load/readers.ts";
import { LoadProcess } from "./load_process.ts";
import type { Trial } from "./row.ts";

const MINUTE_MS = 60_000;
const LONG_MINUTES = 10;

const BEFORE = "memory before the load, with 64 consumers";
const SHORT = "memory after a minute at full speed";
const LONG = `memory after ${LONG_MINUTES} minutes at full speed`;
const GROWTH = "growth from the one to the other";
const AFTER = "memory a minute after the load";
const REST = "more than before the load";
const RATE = "deliveries in these minutes";

const CONSUMERS = 64;
const PUBLISHERS = 4;

/** Events in one order, of each publisher. */
const LOT = 50_000;

/** Looks, one each second, of which the median is taken. */
const LOOKS = 10;

export const steadiness: Trial = {
  name: "steadiness",
  rows: [
    { name: BEFORE, unit: "MB", isLessBetter: true },
    { name: SHORT, unit: "MB", isLessBetter: true },
    { name: LONG, unit: "MB", isLessBetter: true },
    { name: GROWTH, unit: "%", isLessBetter: true, targets: [{ required: 10 }] },
    { name: AFTER, unit: "MB", isLessBetter: true },
    { name: REST, unit: "%", isLessBetter: true, targets: [{ required: 30 }] },
    { name: RATE, unit: "events/s" },
  ],
  peers: ["source"],
  rounds: 1,
  async run(peer) {
    await using running = await RunningPeer.start(PEERS[peer]);
    const load = { peer, place: running.place };
    const asked = Array.from({ length: CONSUMERS }, () => "load");
    await using _readers = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
      "readers",
      { ...load, asked, timed: false },
    );
    const before = await memory(running);
    const figures: Record<string, number> = { [BEFORE]: before };
    {
      await using writers = await LoadProcess.start<
        PublishersOptions,
        PublishersOrder,
        PublishersReport
      >("publishers", { ...load, publishers: PUBLISHERS, types: ["load"], payloadBytes: 200 });
      const begun = performance.now();
      let events = 0;
      const publishing = (async () => {
        while (performance.now() - begun < LONG_MINUTES * MINUTE_MS) {
          await writers.does({ events: LOT });
          events += LOT * PUBLISHERS;
        }
        figures[RATE] = events * CONSUMERS / (performance.now() - begun) * 1000;
      })();
      await pause(MINUTE_MS - LOOKS * 1000);
      figures[SHORT] = await memory(running);
      await pause((LONG_MINUTES - 1) * MINUTE_MS - LOOKS * 1000);
      figures[LONG] = await memory(running);
      await publishing;
    }
    await pause(MINUTE_MS - LOOKS * 1000);
    figures[AFTER] = await memory(running);
    figures[GROWTH] = percentMore(figures[SHORT], figures[LONG]);
    figures[REST] = percentMore(before, figures[AFTER]);
    return figures;
  },
};

function percentMore(before = NaN, after = NaN): number {
  return (after / before - 1) * 100;
}

/** The median of looks in a row, in megabytes. */
async function memory(running: RunningPeer): Promise<number> {
  const looks: number[] = [];
  for (let i = 0; i < LOOKS; i++) {
    await pause(1000);
    looks.push(running.memory / 1e6);
  }
  return looks.sort((a, b) => a - b)[LOOKS / 2] ?? NaN;
}
