/** What it costs to read one event of 200 bytes of payload, and to write one. */

import { decode, encode } from "../../../lib/protocol/codec.ts";
import { EventLine } from "../../../lib/protocol/event_line.ts";
import { scanJson } from "../../../lib/protocol/json.ts";
import { Lines } from "../../../lib/protocol/lines.ts";
import { MAX_DEPTH } from "../../../lib/protocol/limits.ts";
import { event } from "../../../lib/protocol/messages.ts";
import { CHUNK, EVENTS, FRAME } from "./chunk.ts";

const line = new EventLine();
const message = event({ event_type: "load.event", payload: JSON.stringify("x".repeat(198)) });

Deno.bench("JSON.parse", { group: "decode", baseline: true }, () => {
  JSON.parse(FRAME);
});

Deno.bench("scanJson", { group: "decode" }, () => {
  scanJson(FRAME, MAX_DEPTH);
});

Deno.bench("decode, from text", { group: "decode" }, () => {
  decode(FRAME);
});

Deno.bench("EventLine.read, from bytes", { group: "decode" }, () => {
  line.read(CHUNK, 0, FRAME.length);
});

Deno.bench("EventLine.read of all lines of a chunk", { group: "chunk" }, () => {
  const lines = new Lines(CHUNK);
  lines.allow(EVENTS);
  while (lines.next()) line.read(lines.bytes, lines.start, lines.end);
});

Deno.bench("Lines of a chunk", { group: "chunk", baseline: true }, () => {
  const lines = new Lines(CHUNK);
  lines.allow(EVENTS);
  while (lines.next());
});

Deno.bench("encode", { group: "encode" }, () => {
  encode(message);
});
