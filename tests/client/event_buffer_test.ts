import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BUFFER_LIMITS, EventBuffer } from "../../lib/client/event_buffer.ts";
import { decode } from "../../lib/protocol/codec.ts";
import { EventFrame } from "../../lib/protocol/event_frame.ts";

function frame(seq: number, payload = ""): EventFrame {
  const text = JSON.stringify({ type: "event", event_type: "x", payload, seq });
  const decoded = decode(text);
  assert(decoded instanceof EventFrame);
  return decoded;
}

/** What is taken until nothing is left: numbers, and what is lost before each. */
function drain(buffer: EventBuffer): [seq: number, lost: number][] {
  const taken: [number, number][] = [];
  for (let event = buffer.take(); event; event = buffer.take()) taken.push([event.seq, event.lost]);
  return taken;
}

Deno.test("EventBuffer holds a channel's worth where it is trimmed: 1,024 events", () => {
  const buffer = new EventBuffer();
  for (let seq = 1; seq <= 1024; seq++) buffer.push(frame(seq), 0);
  buffer.trim();
  buffer.push(frame(1025), 3);
  buffer.push(frame(1026), 0);
  buffer.trim();
  const taken = drain(buffer);
  assertEquals(taken.length, 1024);
  assertEquals(taken.slice(0, 2), [[3, 2], [4, 0]]);
  assertEquals(taken.at(-2), [1025, 3]);
});

Deno.test("EventBuffer holds a channel's worth where it is trimmed: 8 MiB", () => {
  const buffer = new EventBuffer();
  const piece = "x".repeat(1024 * 1024 - frame(10).text.length);
  for (let seq = 10; seq < 18; seq++) buffer.push(frame(seq, piece), 0);
  buffer.trim();
  buffer.push(frame(18), 0);
  buffer.trim();
  assertEquals(drain(buffer).map(([seq, lost]) => seq * 10 + lost), [
    111,
    ...[12, 13, 14, 15, 16, 17, 18].map((seq) => seq * 10),
  ]);
  assertEquals(BUFFER_LIMITS, { events: 1024, bytes: 8 * 1024 * 1024 });
});

Deno.test("EventBuffer never drops the newest, nor anything where it is not trimmed", () => {
  const buffer = new EventBuffer({ events: 2, bytes: 10 });
  for (let seq = 1; seq <= 5; seq++) buffer.push(frame(seq), 1);
  assertEquals(buffer.take()?.seq, 1);
  buffer.trim();
  assertEquals(drain(buffer), [[5, 1 + 3 * 2]]);
  assertEquals([buffer.isEmpty, buffer.take()], [true, undefined]);
});

Deno.test("EventBuffer loses no count: what is taken and what is said to be lost is what came", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.nat(3).map((lost) => ({ lost })) },
    { weight: 2, arbitrary: fc.constant("take" as const) },
    { weight: 2, arbitrary: fc.constant("trim" as const) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (
    steps,
    events,
  ) => {
    const buffer = new EventBuffer({ events, bytes: 300 });
    let [seq, sum, last] = [0, 0, 0];
    const count = (event: { seq: number; lost: number } | undefined) => {
      if (!event) return;
      assert(event.seq > last);
      last = event.seq;
      sum += event.lost + 1;
      // All before it have been taken, or are counted as lost.
      assertEquals(sum, event.seq);
    };
    for (const step of steps) {
      if (step === "take") {
        count(buffer.take());
      } else if (step === "trim") {
        buffer.trim();
      } else {
        seq += step.lost + 1;
        buffer.push(frame(seq), step.lost);
      }
    }
    buffer.trim();
    let left = 0;
    while (!buffer.isEmpty) {
      count(buffer.take());
      left++;
    }
    assert(left <= events);
    assertEquals(sum, seq);
  }));
});

Deno.test("EventBuffer.clear() throws all away", () => {
  const buffer = new EventBuffer();
  buffer.push(frame(1), 0);
  buffer.clear();
  assertEquals([buffer.isEmpty, buffer.take()], [true, undefined]);
  buffer.push(frame(2), 0);
  assertEquals(drain(buffer), [[2, 0]]);
});
