import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { Arrival, EventMemory } from "../../lib/hub/event_memory.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { EVENT_BLOCK_BYTES, EVENT_BLOCKS, LONG_EVENT_BYTES } from "../../lib/hub/limits.ts";
import type { RoutedEvent } from "../../lib/hub/routed_event.ts";

const decoder = new TextDecoder();

function memory(): { keep(text: string): RoutedEvent; ledger: Ledger } {
  const ledger = new Ledger(2 ** 40);
  const all = new EventMemory(ledger);
  return {
    ledger,
    keep(text) {
      const bytes = new TextEncoder().encode(`<${text}>`);
      const event = all.keep(new Arrival(bytes), 1, bytes.length - 1);
      // The bytes are others' again.
      bytes.fill(0);
      return event;
    },
  };
}

Deno.test("EventMemory keeps what is held, however much comes and goes after it", () => {
  const texts = fc.array(
    fc.tuple(fc.integer({ min: 1, max: LONG_EVENT_BYTES + 100 }), fc.nat({ max: 400 })),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(texts, (all) => {
      const { keep, ledger } = memory();
      const held: { event: RoutedEvent; text: string; until: number }[] = [];
      all.forEach(([length, time], at) => {
        const text = String(at).padEnd(length, "x").slice(0, length);
        const event = keep(text);
        event.retain();
        held.push({ event, text, until: at + time });
        for (const one of held.filter(({ until }) => until <= at)) {
          assertEquals(decoder.decode(one.event.body), one.text);
          one.event.release();
        }
        held.splice(0, held.length, ...held.filter(({ until }) => until > at));
      });
      for (const { event, text } of held) {
        assertEquals(decoder.decode(event.body), text);
        event.release();
      }
      assertEquals(ledger.used, 0);
    }),
    { numRuns: 50 },
  );
});

Deno.test("EventMemory goes round in as many blocks as it needs, and no more than it may", () => {
  const { keep } = memory();
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 1_000; i++) {
    const event = keep("x".repeat(LONG_EVENT_BYTES));
    event.retain();
    event.release();
    buffers.add(event.body.buffer);
  }
  assertLessOrEqual(buffers.size, 2);

  const held: RoutedEvent[] = [];
  for (let i = 0; i < 4 * EVENT_BLOCKS * EVENT_BLOCK_BYTES / LONG_EVENT_BYTES; i++) {
    const event = keep(String(i).padEnd(LONG_EVENT_BYTES));
    event.retain();
    held.push(event);
  }
  const shared = held.map(({ body }) => body.buffer)
    .filter((buffer) => buffer.byteLength === EVENT_BLOCK_BYTES);
  assertLessOrEqual(new Set(shared).size, EVENT_BLOCKS);
  held.forEach(({ body }, i) => assertEquals(decoder.decode(body).trim(), String(i)));
});

Deno.test("EventMemory: one that waits for long holds on to nothing but itself", () => {
  const { keep } = memory();
  const old = keep("old");
  old.retain();
  for (let i = 0; i < 2 * EVENT_BLOCKS * EVENT_BLOCK_BYTES / LONG_EVENT_BYTES; i++) {
    const event = keep("x".repeat(LONG_EVENT_BYTES));
    event.retain();
    if (i % 2 === 0) event.release();
  }
  assertEquals(decoder.decode(old.body), "old");
  assert(old.body.buffer.byteLength < EVENT_BLOCK_BYTES);
});

Deno.test("EventMemory copies what arrived together once, as long as the copy is there", () => {
  const ledger = new Ledger(2 ** 40);
  const all = new EventMemory(ledger);
  const lines = new TextEncoder().encode("first,second,third");
  const arrival = new Arrival(lines);
  const parts = [[0, 5], [6, 12], [13, 18]] as const;
  const [first, second] = parts.map(([start, end]) => all.keep(arrival, start, end));
  assertEquals(first?.body.buffer, second?.body.buffer);
  assertEquals(first?.body.byteOffset, 0);
  assertEquals(second?.body.byteOffset, 6);

  // The memory goes round before the last of them is kept: its block has others' bytes.
  first?.retain();
  for (let i = 0; i < 3 * EVENT_BLOCK_BYTES / LONG_EVENT_BYTES; i++) {
    const other = all.keep(
      new Arrival(new Uint8Array(LONG_EVENT_BYTES).fill(0x78)),
      0,
      LONG_EVENT_BYTES,
    );
    other.retain();
    other.release();
  }
  const [start, end] = parts[2];
  assertEquals(decoder.decode(all.keep(arrival, start, end).body), "third");
  assertEquals(first && decoder.decode(first.body), "first");
});
