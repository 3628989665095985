/**
 * All of them.
 *
 * @module
 */

import { canRun } from "../e2e/users.ts";
import { hub, hubFromSource } from "./hub.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import type { Peer } from "./peer.ts";
import { redis } from "./redis.ts";

/** The hub, from source and as the compiled program, and what does the same. */
export const PEERS = { source: hubFromSource, compiled: hub, redis, nats, mosquitto };

/** The word for one of them. */
export type PeerName = keyof typeof PEERS;

/** Whether its program can be run here. */
export function isThere({ program }: Peer): boolean {
  return canRun("/bin/sh", "-c", 'command -v "$0"', program);
}
