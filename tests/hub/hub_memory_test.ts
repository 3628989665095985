import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Consumer } from "../../lib/hub/consumer.ts";
import { TOKEN_BYTES } from "../../lib/hub/limits.ts";
import { drain, sized, TestHub } from "./kit.ts";

/** A hub in which nothing but the memory bounds a channel. */
function boundedBy(memoryBytes: number): TestHub {
  return new TestHub({ memoryBytes, channelEvents: 1e6, channelBytes: 1e9 });
}

function dropped(...consumers: Consumer[]): number[] {
  return consumers.map(({ channel }) => channel.dropped);
}

Deno.test("Hub at its memory's bound takes the oldest of the fattest channel", () => {
  const test = boundedBy(80_000);
  const [lean, fat] = [test.consumer("github.push"), test.consumer("github.fork")];
  for (let i = 0; i < 2; i++) test.hub.publish(sized("github.push", 10_000));
  for (let i = 0; i < 6; i++) test.hub.publish(sized("github.fork", 10_000));
  assertEquals(dropped(lean, fat), [0, 2]);
  assert(test.hub.ledger.used <= 70_000);
  test.hub.publish(sized("github.push", 10_000));
  assertEquals(dropped(lean, fat), [0, 3]);
  assertEquals(drain(fat.channel).map(({ seq }) => seq), [4, 5, 6]);
  assertEquals(drain(lean.channel).map(({ seq }) => seq), [1, 2, 3]);
});

Deno.test("Hub takes an event that many share from all of them before its bytes are free", () => {
  const test = boundedBy(80_000);
  const all = Array.from({ length: 5 }, () => test.consumer(">"));
  for (let i = 0; i < 7; i++) test.hub.publish(sized("github.push", 10_000));
  assertEquals(dropped(...all), [1, 1, 1, 1, 1]);
  for (const { channel } of all) assertEquals(drain(channel, 64)[0]?.seq, 2);
});

Deno.test("Hub routes an event that its memory cannot hold, and holds it as long as it can", () => {
  const test = boundedBy(10_000);
  const both = [test.consumer(">"), test.consumer(">")];
  assertEquals(test.hub.publish(sized("github.push", 20_000)), "routed");
  assertEquals(dropped(...both), [0, 0]);
  test.hub.publish(sized("github.push", 100));
  assertEquals(dropped(...both), [1, 1]);
});

Deno.test("Hub takes nothing from a channel whose events are all being written", () => {
  const test = boundedBy(80_000);
  const [writing, waiting] = [test.consumer("github.push"), test.consumer("github.fork")];
  for (let i = 0; i < 4; i++) test.hub.publish(sized("github.push", 10_000));
  const batch = writing.channel.layOut(1_000_000);
  for (let i = 0; i < 4; i++) test.hub.publish(sized("github.fork", 10_000));
  assertEquals(dropped(writing, waiting), [0, 1]);
  assertEquals(batch.restEvents, 4);
});

Deno.test("Hub routes an event to those that stay where its room costs a consumer its place", () => {
  const test = boundedBy(80_000);
  const [leaving, staying] = [test.consumer("github.push"), test.consumer(">")];
  // As for the line of that consumer, which never ends.
  const line = 70_000;
  test.hub.ledger.relieveBy(() => {
    test.hub.leave(leaving, "limit");
    test.hub.ledger.release(line);
    return true;
  });
  test.hub.ledger.charge(line);
  assertEquals(test.hub.publish(sized("github.push", 100)), "routed");
  assertEquals(drain(staying.channel).map(({ seq }) => seq), [1]);
  test.hub.leave(staying, "bye");
  assertEquals(test.hub.ledger.used, 0);
});

Deno.test("Hub takes from channels before anything else that holds bytes gives some back", () => {
  const test = boundedBy(80_000);
  const consumer = test.consumer(">");
  let lines = 0;
  test.hub.ledger.relieveBy(() => {
    if (test.hub.ledger.used < 40_000) return false;
    lines++;
    test.hub.ledger.release(40_000);
    return true;
  });
  // As for the line of a publisher that never ends.
  test.hub.ledger.charge(40_000);
  for (let i = 0; i < 5; i++) test.hub.publish(sized("github.push", 10_000));
  assertEquals([consumer.channel.dropped, lines], [3, 0]);
  test.hub.ledger.charge(20_000);
  assertEquals([consumer.channel.dropped, lines], [5, 0]);
  test.hub.ledger.charge(20_000);
  assertEquals(lines, 1);
});

Deno.test("Hub's memory holds back no publisher whose consumer is no longer behind", () => {
  const test = boundedBy(160_000);
  const [slow, other] = [test.consumer("github.push"), test.consumer("github.fork")];
  for (let i = 0; i < 13; i++) test.hub.publish(sized("github.push", 10_000));
  assertEquals(test.hub.holder("github.push"), slow);
  let released = 0;
  slow.channel.pace.whenReleased(() => released++);
  test.hub.ledger.charge(70_000);
  assertEquals([released, test.hub.holder("github.push")], [1, undefined]);
  assertEquals(dropped(other), [0]);
});

Deno.test("Hub stays within its memory, at the cost of the fattest alone, as little as can be", () => {
  const LIMIT = 40_000;
  const types = ["github.push", "github.fork", "github.issues", "github.star"];
  const entries = fc.uniqueArray(fc.constantFrom(">", ...types), { minLength: 1 });
  const step = fc.record({
    type: fc.constantFrom(...types),
    bytes: fc.integer({ min: 100, max: 3_000 }),
    reads: fc.option(fc.nat(4)),
  });
  fc.assert(
    fc.property(
      fc.array(entries, { minLength: 2, maxLength: 5 }),
      fc.array(step, { minLength: 20, maxLength: 80, size: "max" }),
      (consumersTypes, steps) => {
        const test = boundedBy(LIMIT);
        const all = consumersTypes.map((types) => test.consumer(...types));
        const sizes: number[][] = all.map(() => []);
        let largest = 0;
        for (const { type, bytes, reads } of steps) {
          const before = all.map(({ channel: { received, dropped } }) => ({ received, dropped }));
          const event = sized(type, bytes);
          largest = Math.max(largest, event.body.length);
          test.hub.publish(event);

          assert(test.hub.ledger.used <= LIMIT * 7 / 8);
          const lost = all.map(({ channel }, i) => channel.dropped - (before[i]?.dropped ?? 0));
          // What each has lost was at its front, and it was the fattest when it lost the last of it.
          const last = lost.map((count, i) => sizes[i]?.splice(0, count).at(-1) ?? 0);
          const fat = sizes.map((waiting) => waiting.reduce((sum, size) => sum + size, 0));
          last.forEach((size, i) => {
            if (size > 0) assert((fat[i] ?? 0) + size >= Math.max(...fat), "not the fattest");
          });
          if (lost.some((count) => count > 0)) {
            assert(
              test.hub.ledger.used > LIMIT * 7 / 8 - largest * 17 / 16 - 512,
              "more than it had to",
            );
          }
          all.forEach(({ channel }, i) => {
            if (channel.received > (before[i]?.received ?? 0)) {
              sizes[i]?.push(event.body.length + 25);
            }
            assertEquals(channel.evictableBytes, sizes[i]?.reduce((sum, size) => sum + size, 0));
          });
          const reader = all[reads ?? -1];
          if (!reader) continue;
          // A piece at a time: what is laid out for a write counts as well.
          drain(reader.channel, 64);
          sizes[all.indexOf(reader)] = [];
        }
        for (const consumer of all) test.hub.leave(consumer, "bye");
        assertEquals(test.hub.ledger.used, 0);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("Hub rejects who asks for more than it may remember, and remembers nothing of it", () => {
  const test = new TestHub({ subscribedBytes: 5_000 });
  const wants = { event_types: ["a".repeat(500), "b".repeat(500)] };
  const first = test.join(wants);
  const second = test.join(wants);
  assertEquals(first.edge.told, ["first"]);
  assertEquals(second.edge.told, ["limit: the hub has no room for what this consumer asks for"]);
  const taken = test.hub.subscribedBytes;
  assert(taken > 2_000 && taken <= 5_000);
  test.hub.leave(second.consumer, "eof");
  assertEquals(test.hub.subscribedBytes, taken);
  test.hub.leave(first.consumer, "bye");
  assertEquals(test.hub.subscribedBytes, 0);
  assertEquals(test.join(wants).edge.told, ["first"]);
});

Deno.test("Hub forgets what was asked for by one that waited for its key, however that ends", () => {
  const test = new TestHub();
  const holder = test.join({ event_key: "gh" });
  assertEquals(test.hub.ask(holder.consumer, "gh"), true);
  const leaves = test.join({ event_key: "gh" });
  test.join({ event_key: "gh" });
  test.hub.leave(leaves.consumer, "eof");
  test.clock.pass(30_000);
  test.hub.look();
  test.hub.leave(holder.consumer, "bye");
  assertEquals([test.hub.subscribedBytes, test.hub.keyCount], [0, 0]);
});

Deno.test("Hub counts what it takes to remember the tokens of patterns, but of no types", () => {
  const taken = (entry: string) => {
    const test = new TestHub();
    test.consumer(entry);
    return test.hub.subscribedBytes;
  };
  const type = taken("a.".repeat(99) + "a");
  assertEquals(type, taken("a".repeat(199)));
  assertEquals(taken("a.".repeat(99) + "*"), type + 100 * TOKEN_BYTES);
  assertEquals(taken("a.".repeat(99) + ">"), type + 100 * TOKEN_BYTES);
});
