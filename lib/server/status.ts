/**
 * The hub's state as it goes over the wire.
 *
 * @module
 */

import { encode } from "../protocol/codec.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import type { StatusResponse } from "../protocol/messages.ts";

const encoder = new TextEncoder();

/**
 * Makes a state fit into a frame: leaves out what is long, then, where that is not enough, consumers
 * from the end. How many there are stays exact. What cannot fit is not even encoded, so that the
 * state of the largest hub costs little more than a frame.
 */
export function fitStatus(status: StatusResponse, maxBytes = MAX_FRAME_BYTES): StatusResponse {
  if (typesLength(status) <= maxBytes && bytesOf(encode(status)) <= maxBytes) return status;
  const { types: _types, closed: _closed, sources: _sources, ...rest } = status;
  const consumers = rest.consumers.map(({ event_types: _, ...consumer }) => consumer);
  const short = { ...rest, consumers: [], truncated: true };
  let room = maxBytes - bytesOf(encode(short));
  let fitting = 0;
  for (const consumer of consumers) {
    // Each but the first has a comma before it.
    room -= bytesOf(JSON.stringify(consumer)) + (fitting > 0 ? 1 : 0);
    if (room < 0) break;
    fitting++;
  }
  return { ...short, consumers: consumers.slice(0, fitting) };
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** Characters of all event types that consumers have asked for. */
function typesLength({ consumers }: StatusResponse): number {
  let length = 0;
  for (const { event_types = [] } of consumers) {
    for (const type of event_types) length += type.length;
  }
  return length;
}
