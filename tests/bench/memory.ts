/**
 * Memory of a peer that has nothing to do, and with idle consumers.
 *
 * @module
 */

import { pause } from "../campaign/load/orders.ts";
import { PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import type { ReadersOptions } from "./load/readers.ts";
import { LoadProcess } from "./load_process.ts";
import type { Trial } from "./row.ts";

const ALONE = "memory: idle";
const CROWDED = "memory: 1,000 idle consumers";
const CONSUMERS = 1_000;

/** Milliseconds until what was needed to start, or to subscribe, has been given back. */
const SETTLE_MS = 2_000;

export const idleMemory: Trial = {
  name: "memory",
  rows: [
    { name: ALONE, unit: "MB", isLessBetter: true, targets: [{ required: 60, stretch: 50 }] },
    { name: CROWDED, unit: "MB", isLessBetter: true, targets: [{ required: 90, stretch: 70 }] },
  ],
  isQuick: false,
  async run(peer) {
    await using running = await RunningPeer.start(PEERS[peer]);
    await pause(SETTLE_MS);
    const alone = running.memory / 1e6;
    const asked = Array.from({ length: CONSUMERS }, (_, at) => `idle.t${at}`);
    await using _consumers = await LoadProcess.start<ReadersOptions, never, never>(
      "readers",
      { peer, place: running.place, asked, timed: false },
    );
    await pause(SETTLE_MS);
    return { [ALONE]: alone, [CROWDED]: running.memory / 1e6 };
  },
};
