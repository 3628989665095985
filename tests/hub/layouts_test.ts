import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Batch } from "../../lib/hub/batch.ts";
import { Layouts } from "../../lib/hub/layouts.ts";
import type { RoutedEvent } from "../../lib/hub/routed_event.ts";
import { framesOf, publication, routedEvent, WEBHOOKS } from "./kit.ts";

const EVENTS = WEBHOOKS.slice(0, 20).map((webhook) => routedEvent(webhook));

/** Some events in a ring, from any place in it on. */
function run(first: number, count: number, seq: number, head = 5) {
  const ring: (RoutedEvent | undefined)[] = new Array(32);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const event = EVENTS[first + i];
    ring[(head + i) & 31] = event;
    bytes += event?.size ?? 0;
  }
  return { ring, head, count, bytes, seq };
}

/** The same, laid out for nobody else. */
function alone(first: number, count: number, seq: number): Uint8Array {
  const { bytes } = run(first, count, seq);
  const batch = new Batch(bytes);
  for (let i = 0; i < count; i++) {
    const event = EVENTS[first + i];
    if (event) batch.add(event, seq + i);
  }
  return batch.rest;
}

Deno.test("Layouts lays out what each consumer would get alone, whoever came before it", () => {
  const seqs = fc.oneof(
    fc.integer({ min: 1, max: 30 }),
    fc.constantFrom(90, 95, 99, 100, 995, 999_990, 1_000_000, Number.MAX_SAFE_INTEGER - 20),
    fc.integer({ min: 1, max: 1e6 }),
  );
  const step = fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 16 }), seqs, fc.nat(31));
  fc.assert(fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
    const layouts = new Layouts();
    for (const [first, count, seq, head] of steps) {
      const batch = layouts.batch(run(first, count, seq, head));
      assertEquals(batch.rest, alone(first, count, seq));
      assertEquals(batch.restEvents, count);
    }
  }));
});

Deno.test("Layouts gives those whose numbers are the same the same bytes", () => {
  const layouts = new Layouts();
  const first = layouts.batch(run(0, 10, 7));
  const second = layouts.batch(run(0, 6, 7, 30));
  assertStrictEquals(second.rest.buffer, first.rest.buffer);
  assert(layouts.batch(run(0, 10, 8)).rest.buffer !== first.rest.buffer);
  assert(layouts.batch(run(1, 9, 8)).rest.buffer !== first.rest.buffer);
});

Deno.test("Layouts: bytes that many have are theirs until the last has ended", () => {
  const layouts = new Layouts();
  const first = layouts.batch(run(0, 10, 7));
  const second = layouts.batch(run(0, 10, 7));
  first.take(first.restBytes);
  layouts.forget();
  first.end();
  assertEquals(framesOf(second).map(({ seq }) => seq), [7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  const { buffer } = second.rest;
  second.take(second.restBytes);
  second.end();
  assertEquals(buffer.byteLength, 0);
});

Deno.test("Layouts does not take one event for another that is like it", () => {
  const layouts = new Layouts();
  const [one, other] = ["1", "2"].map((payload) => routedEvent(publication("t", payload)));
  const lay = (event: RoutedEvent | undefined) =>
    framesOf(layouts.batch({ ring: [event], head: 0, count: 1, bytes: event?.size ?? 0, seq: 1 }));
  assertEquals([lay(one), lay(other)].flat().map(({ payload }) => payload), [1, 2]);
});
