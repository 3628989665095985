/**
 * What the check of a consumer's stream finds.
 */

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { NumberedEvents } from "./numbered_event.ts";
import { microseconds } from "./orders.ts";
import { StreamCheck } from "./stream_check.ts";

const EVENTS = new NumberedEvents("t", 20);

/** The frame in which a consumer gets an event. */
function frame(number: number, seq = number, body = EVENTS.body(number, microseconds())): string {
  return `${body},"seq":${seq}}\n`;
}

function check(...frames: string[]): StreamCheck {
  const stream = new StreamCheck({ events: EVENTS, hashes: true });
  assertEquals(stream.take(new TextEncoder().encode(frames.join(""))), 0);
  return stream;
}

Deno.test("stream check: a whole stream is right, and each eighth event tells its delay", () => {
  const { count, last, missing, wrong, others, delays } = check(
    ...Array.from({ length: 16 }, (_, at) => frame(at + 1)),
  );
  assertEquals([count, last, missing, wrong, others], [16, 16, 0, undefined, []]);
  assertEquals(delays.length, 2);
});

Deno.test("stream check: a gap is counted, and is nothing wrong", () => {
  const { count, last, missing, wrong } = check(frame(1), frame(4), frame(5));
  assertEquals([count, last, missing, wrong], [3, 5, 2, undefined]);
});

Deno.test("stream check: what is out of order, twice, renumbered, cut or stuffed is wrong", () => {
  const short = new NumberedEvents("t", 19).body(2, microseconds());
  const streams: [string[], RegExp][] = [
    [[frame(1), frame(3), frame(2)], /^after seq 3 came …/],
    [[frame(1), frame(1)], /^after seq 1 came …/],
    [[frame(1), frame(3, 2)], /^seq 2 is event 3$/],
    [[frame(1), frame(2, 2, short)], /^event 2 has \d+ bytes$/],
    [[frame(1), frame(2).replace(',"seq":2', "")], /^after seq 1 came …/],
  ];
  for (const [frames, wrong] of streams) assertMatch(check(...frames).wrong ?? "", wrong);
});

Deno.test("stream check: a frame that is cut by the end of a read waits for the rest", () => {
  const bytes = new TextEncoder().encode(frame(1) + frame(2));
  const stream = new StreamCheck({ events: EVENTS, hashes: true });
  const cut = bytes.length - 7;
  const unread = stream.take(bytes.subarray(0, cut));
  assertEquals([stream.count, stream.last], [1, 1]);
  stream.take(bytes.subarray(cut - unread));
  assertEquals([stream.count, stream.last, stream.wrong], [2, 2, undefined]);
});

Deno.test("stream check: the hash is of the bytes, and a frame that is no event is told", () => {
  const body = EVENTS.body(1, 1_700_000_000_000_000);
  const other = body.replace("xx", "xy");
  const hash = check(frame(1, 1, body)).hash;
  assertEquals(check(frame(1, 1, body)).hash, hash);
  assertNotEquals(check(frame(1, 1, other)).hash, hash);
  assertEquals(check('{"type":"bye","reason":"slow"}\n').others.length, 1);
});
