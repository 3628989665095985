/**
 * A process of the load: sends prepared bytes to readers.
 *
 * @module
 */

import { answer, options, orders, writeAll } from "../../campaign/load/orders.ts";
import { bytesOf, joined, type PeerConnection, type PeerPlace } from "../../peers/peer.ts";
import { heard } from "../../peers/running_peer.ts";
import { bare, delivered } from "../bare.ts";
import { benchEvent } from "../bench_event.ts";

/** What it is started with. */
export interface BlasterOptions extends PeerPlace {
  readonly payloadBytes: number;
}

/** Each reader gets so many events. It answers as it begins. */
export interface BlasterOrder {
  readonly events: number;
}

/** Bytes that are written together: as many as a hub writes. */
const BLOCK_BYTES = 64 * 1024;

async function blast(connection: PeerConnection, event: Uint8Array, events: number) {
  const most = Math.max(1, Math.floor(BLOCK_BYTES / event.length));
  const block = joined(...Array.from({ length: most }, () => event));
  for (let left = events; left > 0; left -= most) {
    await writeAll(connection, block.subarray(0, Math.min(left, most) * event.length));
  }
}

if (import.meta.main) {
  const { socket, payloadBytes } = options<BlasterOptions>();
  const event = delivered(benchEvent("load", payloadBytes).text);
  const connections: PeerConnection[] = [];
  const listener = Deno.listen({ transport: "unix", path: socket });
  (async () => {
    for await (const connection of listener) {
      await heard(connection, new TextDecoder().decode(bare.subscription(0, "")));
      await writeAll(connection, bytesOf(bare.subscribed));
      connections.push(connection);
    }
  })();
  answer("ready");
  for await (const { events } of orders<BlasterOrder>()) {
    answer("begins");
    await Promise.all(connections.map((connection) => blast(connection, event, events)));
  }
  Deno.exit();
}
