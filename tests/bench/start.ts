/**
 * How soon a program that is started takes connections.
 *
 * @module
 */

import { PEERS } from "../peers/peers.ts";
import { RunningPeer } from "../peers/running_peer.ts";
import type { Trial } from "./row.ts";

const NAME = "start to listening";

export const start: Trial = {
  name: NAME,
  rows: [{
    name: NAME,
    unit: "ms",
    isLessBetter: true,
    judged: "compiled",
    targets: [{ required: 120, stretch: 60 }],
  }],
  rounds: 15,
  isQuick: true,
  async run(peer) {
    await using running = await RunningPeer.start(PEERS[peer]);
    return { [NAME]: running.startedIn };
  },
};
