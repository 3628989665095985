/**
 * What the micro-benchmarks take: events of 200 bytes of payload, as many as a read brings.
 *
 * @module
 */

import { LARGE_READ } from "../../../lib/server/limits.ts";
import { bytesOf, joined } from "../../peers/peer.ts";
import { benchEvent } from "../bench_event.ts";

/** The frame of one event, without its line end. */
export const FRAME = benchEvent("load.event", 200).text;

/** Events in a chunk. */
export const EVENTS = Math.floor(LARGE_READ / (FRAME.length + 1));

/** A chunk of them. */
export const CHUNK = joined(...Array.from({ length: EVENTS }, () => bytesOf(`${FRAME}\n`)));

/** A chunk that arrives. */
export async function* chunks(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield await Promise.resolve(chunk);
}
