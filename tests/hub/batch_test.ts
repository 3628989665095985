import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Batch } from "../../lib/hub/batch.ts";
import { framesOf, publication, routedEvent, WEBHOOKS } from "./kit.ts";

const decoder = new TextDecoder();

function textOf(seq: number): string {
  const batch = new Batch(200);
  batch.add(routedEvent(publication("github.push")), seq);
  return decoder.decode(batch.rest);
}

Deno.test("Batch.add ends the frame with the consumer's seq, as its last field", () => {
  assertEquals(textOf(1), '{"type":"event","event_type":"github.push","payload":{},"seq":1}\n');
});

Deno.test("Batch.add writes every seq that a safe integer can be", () => {
  const powers = Array.from({ length: 16 }, (_, i) => 10 ** i).flatMap((n) => [n - 1, n, n + 1]);
  for (const seq of [...powers.slice(1), Number.MAX_SAFE_INTEGER]) {
    assertEquals(textOf(seq).split('"seq":')[1], `${seq}}\n`);
  }
});

Deno.test("Batch holds real events whole and in order, within the sum of their sizes", () => {
  const events = WEBHOOKS.map((webhook) => routedEvent(webhook));
  const batch = new Batch(events.reduce((sum, { size }) => sum + size, 0));
  events.forEach((event, i) => batch.add(event, 2 ** 53 - 1 - events.length + i));
  const lines = decoder.decode(batch.rest).trimEnd().split("\n");
  assertEquals(lines.length, WEBHOOKS.length);
  lines.forEach((line, i) => {
    const body = decoder.decode(WEBHOOKS[i]?.body);
    assert(line.startsWith(body) && /^,"seq":\d+}$/.test(line.slice(body.length)), `event ${i}`);
  });
  assertEquals(framesOf(batch).at(-1)?.seq, 2 ** 53 - 2);
  assert(batch.restBytes <= batch.capacity);
  assertEquals(batch.restEvents, 329);
});

Deno.test("Batch.capacity stays until it is done, whatever was taken", () => {
  const batch = new Batch(300);
  batch.add(routedEvent(publication("github.push")), 1);
  batch.take(10);
  assertEquals(batch.capacity, 300);
});

Deno.test("Batch.take counts the events that are whole with it, in pieces of any size", () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 60 });
  fc.assert(fc.property(pieces, fc.integer({ min: 1, max: 9 }), (sizes, count) => {
    const batch = new Batch(count * 100);
    for (let seq = 1; seq <= count; seq++) batch.add(routedEvent(publication("github.push")), seq);
    const all = batch.rest.slice();
    let taken = 0;
    let whole = 0;
    for (const size of sizes) {
      const bytes = Math.min(size, batch.restBytes);
      whole += batch.take(bytes);
      taken += bytes;
      const lines = all.subarray(0, taken).filter((byte) => byte === 0x0a).length;
      assertEquals(whole, lines);
      assertEquals(batch.restEvents, count - lines);
      assertEquals(batch.restBytes, all.length - taken);
      assertEquals(batch.rest, all.subarray(taken));
    }
  }));
});
