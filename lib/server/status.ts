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
 * from the end. How many there are stays exact.
 */
export function fitStatus(status: StatusResponse, maxBytes = MAX_FRAME_BYTES): StatusResponse {
  if (fits(status, maxBytes)) return status;
  const { types: _types, closed: _closed, sources: _sources, ...rest } = status;
  const consumers = rest.consumers.map(({ event_types: _, ...consumer }) => consumer);
  const short = { ...rest, consumers, truncated: true };
  // The most consumers that fit, by halving: each look costs one encoding.
  let least = 0;
  let most = consumers.length;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits({ ...short, consumers: consumers.slice(0, middle) }, maxBytes)) least = middle;
    else most = middle - 1;
  }
  return { ...short, consumers: consumers.slice(0, least) };
}

function fits(status: StatusResponse, maxBytes: number): boolean {
  return encoder.encode(encode(status)).length <= maxBytes;
}
