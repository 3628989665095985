/**
 * A bridge that goes both ways, and what has crossed it.
 *
 * @module
 */

import type { NatsSettings } from "../../../lib/source/nats.ts";
import type { Play } from "../kit.ts";
import type { BridgedHub } from "./bridged_hub.ts";
import type { NatsServer } from "./server.ts";

export function isConnected({ states }: Play): boolean {
  return states.at(-1)?.startsWith("connected") ?? false;
}

export function both(server: NatsServer, more: Partial<NatsSettings> = {}) {
  return {
    servers: server.address,
    prefix: "bus",
    subjects: ["bus.>"],
    publish: true,
    ...more,
  };
}

export function payloads({ events }: BridgedHub): string[] {
  return events.map(({ payload }) => payload);
}
