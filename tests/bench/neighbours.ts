/**
 * Who wants little of a hub while sixteen publish as fast as they can.
 *
 * @module
 */

import { PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import type { AskerOrder, AskerReport } from "./load/asker.ts";
import type { PublishersOptions, PublishersOrder, PublishersReport } from "./load/publishers.ts";
import type { ReadersOptions, ReadersOrder, ReadersReport } from "./load/readers.ts";
import { LoadProcess } from "./load_process.ts";
import type { PeerPlace } from "../peers/peer.ts";
import type { Row, Trial } from "./row.ts";

const BESIDE = "beside 16 publishers at full speed";
const EVENT = `a single event ${BESIDE}: p99`;
const STATUS = `a status query ${BESIDE}: p99`;
const HELLO = `a hello ${BESIDE}: p99`;

/** More than sixteen publishers get rid of while anybody asks. */
const MANY = 1_000_000_000;

const CONSUMERS = 8;
const TIMES = 150;

export const neighbours: Trial = {
  name: "neighbours",
  rows: [EVENT, STATUS, HELLO].map((name): Row => ({
    name,
    unit: "ms",
    isLessBetter: true,
    targets: [{ required: 50 }],
  })),
  peers: ["source", "compiled"],
  async run(peer) {
    await using running = await RunningPeer.start(PEERS[peer]);
    const load = { peer, place: running.place };
    await using _readers = await LoadProcess.start<ReadersOptions, ReadersOrder, ReadersReport>(
      "readers",
      { ...load, asked: Array.from({ length: CONSUMERS }, () => "load"), timed: false },
    );
    await using writers = await LoadProcess.start<
      PublishersOptions,
      PublishersOrder,
      PublishersReport
    >("publishers", { ...load, publishers: 16, types: ["load"], payloadBytes: 200 });
    await using asker = await LoadProcess.start<PeerPlace, AskerOrder, AskerReport>(
      "asker",
      running.place,
    );
    // It ends with its process.
    writers.does({ events: MANY }).catch(() => {});
    await asker.does({ times: 20, every: 10 });
    const { event, status, hello } = await asker.does({ times: TIMES, every: 10 });
    return { [EVENT]: p99(event), [STATUS]: p99(status), [HELLO]: p99(hello) };
  },
};

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? NaN;
}
