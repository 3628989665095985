import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import type { Consumer } from "../../lib/hub/consumer.ts";
import { WAITING_MS } from "../../lib/hub/limits.ts";
import { drain, HandClock, publication, sized, TestHub, WEBHOOKS } from "./kit.ts";
import { dottedName, naivelyMatches } from "./matching.ts";

const PUSH = publication("github.push");

Deno.test("Hub.publish puts an event in the channel of each consumer that it matches", () => {
  const test = new TestHub();
  const all = test.consumer("github.>");
  const issues = test.consumer("github.issues.*");
  const none = test.consumer("gitlab.>");
  for (const webhook of WEBHOOKS) assertEquals(test.hub.publish(webhook), "routed");
  const types = WEBHOOKS.map(({ event_type }) => event_type);
  const got = (consumer: Consumer) => drain(consumer.channel);
  assertEquals(got(all).map(({ event_type }) => event_type), types);
  assertEquals(
    got(issues).map(({ event_type }) => event_type),
    types.filter((type) => /^github\.issues\.\w+$/.test(type)),
  );
  assertEquals(got(none), []);
  assertEquals(test.hub.ledger.used, 0);
});

Deno.test("Hub.publish numbers events for each consumer by itself, from its registration", () => {
  const test = new TestHub();
  const early = test.consumer("github.push");
  test.hub.publish(PUSH);
  test.hub.publish(publication("github.fork"));
  const late = test.consumer(">");
  test.hub.publish(PUSH);
  assertEquals(drain(early.channel).map(({ seq }) => seq), [1, 2]);
  assertEquals(drain(late.channel).map(({ seq }) => seq), [1]);
});

Deno.test("Hub.publish wakes whom it gave something, once until all of that is taken up", () => {
  const test = new TestHub();
  const pushes = test.join({ event_types: ["github.push"] });
  const forks = test.join({ event_types: ["github.fork"] });
  test.hub.publish(PUSH);
  test.hub.publish(PUSH);
  assertEquals([pushes.edge.wakes, forks.edge.wakes], [1, 0]);
  drain(pushes.consumer.channel);
  test.hub.publish(PUSH);
  assertEquals([pushes.edge.wakes, forks.edge.wakes], [2, 0]);
});

Deno.test("Hub.publish does not route by event key", () => {
  const test = new TestHub();
  const { consumer } = test.join({ event_key: "github.push", event_types: ["github.fork"] });
  assertEquals(test.hub.publish(PUSH), "unmatched");
  assertEquals(consumer.channel.received, 0);
});

Deno.test("Hub.publish drops an event whose id was seen, before it is routed, and counts it", () => {
  const test = new TestHub();
  const consumer = test.consumer(">");
  assertEquals(test.hub.publish(publication("github.push", "1", "delivery-1")), "routed");
  assertEquals(test.hub.publish(publication("github.fork", "2", "delivery-1")), "duplicate");
  assertEquals(test.hub.publish(publication("github.push", "3", "delivery-2")), "routed");
  test.clock.pass(600_000);
  assertEquals(test.hub.publish(publication("github.push", "4", "delivery-1")), "routed");
  const { published, unmatched, duplicates } = test.hub;
  assertEquals([published, unmatched, duplicates], [3, 0, 1]);
  assertEquals(drain(consumer.channel).map(({ payload }) => payload), [1, 3, 4]);
  assertEquals(test.hub.types().map(({ event_type }) => event_type), ["github.push"]);
});

Deno.test("Hub.publish takes events without an id for different ones", () => {
  const test = new TestHub();
  const consumer = test.consumer(">");
  for (let i = 0; i < 3; i++) assertEquals(test.hub.publish(PUSH), "routed");
  assertEquals(consumer.channel.received, 3);
});

Deno.test("Hub.publish says when nobody asked for an event", () => {
  const test = new TestHub();
  assertEquals(test.hub.publish(publication("github.push", "1", "delivery-1")), "unmatched");
  test.consumer(">");
  // It was seen all the same.
  assertEquals(test.hub.publish(publication("github.push", "1", "delivery-1")), "duplicate");
  const { published, unmatched, duplicates, ledger } = test.hub;
  assertEquals([published, unmatched, duplicates, ledger.used], [1, 1, 1, 0]);
});

Deno.test("Hub routes and counts as a naive matcher does, while consumers come and go", () => {
  const step = fc.oneof(
    fc.record({ comes: fc.array(dottedName, { minLength: 1, maxLength: 3 }) }),
    fc.record({ goes: fc.nat() }),
    fc.record({ type: dottedName, id: fc.option(fc.nat(9)) }),
    fc.record({ type: fc.constantFrom("github.push", "github"), id: fc.option(fc.nat(9)) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const test = new TestHub();
      let there: { consumer: Consumer; expected: number[] }[] = [];
      const ids = new Set<number>();
      const counts = { published: 0, unmatched: 0, duplicates: 0 };
      steps.forEach((step, i) => {
        if ("comes" in step) {
          there.push({ consumer: test.consumer(...step.comes), expected: [] });
        } else if ("goes" in step) {
          const gone = there[step.goes % there.length];
          if (gone) test.hub.leave(gone.consumer, "bye");
          there = there.filter((other) => other !== gone);
        } else {
          const { type, id } = step;
          const takers = there.filter(({ consumer }) =>
            consumer.eventTypes.some((entry) => naivelyMatches(entry, type))
          );
          const seen = id !== null && ids.has(id);
          if (id !== null) ids.add(id);
          const outcome = seen ? "duplicate" : takers.length > 0 ? "routed" : "unmatched";
          if (outcome === "duplicate") counts.duplicates++;
          else counts.published++;
          if (outcome === "unmatched") counts.unmatched++;
          if (outcome === "routed") { for (const { expected } of takers) expected.push(i); }
          const event = publication(type, String(i), id === null ? undefined : `delivery-${id}`);
          assertEquals(test.hub.publish(event), outcome);
        }
      });
      const { published, unmatched, duplicates } = test.hub;
      assertEquals({ published, unmatched, duplicates }, counts);
      for (const { consumer, expected } of there) {
        assertEquals(drain(consumer.channel).map(({ payload }) => payload), expected);
        test.hub.leave(consumer, "bye");
      }
      assertEquals([test.hub.ledger.used, test.hub.size, test.hub.keyCount], [0, 0, 0]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Hub.join tells a consumer of its registration once, and it gets events from then on", () => {
  const test = new TestHub();
  const { consumer, edge } = test.join();
  assertEquals([edge.told, consumer.state, test.hub.size], [["first"], "registered", 1]);
  test.hub.ask(consumer, "gh");
  const next = test.join();
  test.hub.publish(PUSH);
  assertEquals([next.edge.told, next.consumer.state, test.hub.size], [[], "waiting", 1]);
  assertEquals(next.consumer.channel.received, 0);
  test.clock.pass(500);
  test.hub.leave(consumer, "bye");
  test.hub.publish(PUSH);
  assertEquals([next.edge.told, next.consumer.channel.received], [["first"], 1]);
  assertEquals(next.consumer.connectedAt, HandClock.EPOCH + 500);
});

Deno.test("Hub.look rejects a hello that has waited 30 s", () => {
  const test = new TestHub();
  const holder = test.join();
  test.hub.ask(holder.consumer, "gh");
  assertFalse(test.hub.isPressed);
  const { consumer, edge } = test.join();
  assert(test.hub.isPressed);
  test.clock.pass(WAITING_MS - 1);
  test.hub.look();
  assertEquals(edge.told, []);
  test.clock.pass(1);
  test.hub.look();
  assertEquals(edge.told, ["cleanup: waited 30 s for this key to be cleaned up"]);
  assertEquals(consumer.state, "gone");
  assertFalse(test.hub.isPressed);
  test.hub.leave(consumer, "eof");
  assertEquals(test.hub.closed(), []);
});

Deno.test("Hub.ask: from the grant on the holder gets no event, and what waits is thrown away", () => {
  const test = new TestHub();
  const { consumer, edge } = test.join();
  for (let i = 0; i < 600; i++) test.hub.publish(PUSH);
  const batch = consumer.channel.layOut(1000);
  consumer.channel.taken(batch.restBytes);
  assert(consumer.channel.pace.holds);
  assertEquals(test.hub.holder("github.push"), consumer);
  let released = 0;
  consumer.channel.pace.whenReleased(() => released++);
  const { wakes } = edge;

  assert(test.hub.ask(consumer, "gh"));
  assertEquals([consumer.state, test.hub.size, released], ["granted", 1, 1]);
  assertEquals(test.hub.holder("github.push"), undefined);
  assertEquals(test.hub.publish(PUSH), "unmatched");
  const [info] = test.hub.consumers();
  assertEquals([info?.received, info?.dropped, info?.queued, info?.leaving], [600, 0, 0, true]);
  assertEquals([edge.wakes, test.hub.ledger.used], [wakes, 0]);
  assert(test.hub.ask(consumer, "gh"));
});

Deno.test("Hub.ask: one that is told no goes on as before", () => {
  const test = new TestHub();
  const [{ consumer }] = [test.join(), test.join()];
  assertFalse(test.hub.ask(consumer, "gh"));
  assertFalse(test.hub.ask(consumer, "ci"));
  assertEquals(test.hub.publish(PUSH), "routed");
  assertEquals([consumer.state, consumer.channel.queued], ["registered", 1]);
  assertEquals(test.hub.consumers().map(({ leaving }) => leaving), [true, false]);
});

Deno.test("Hub.ask: a consumer with a subscription_id names that, not its event_key", () => {
  const test = new TestHub();
  const { consumer } = test.join({ event_key: "gh", subscription_id: "ci" });
  assertFalse(test.hub.ask(consumer, "gh"));
  assert(test.hub.ask(consumer, "ci"));
});

Deno.test("Hub.leave takes a consumer out and gives back what waited for it", () => {
  const test = new TestHub();
  const [gone, stays] = [test.consumer(">"), test.consumer(">")];
  test.hub.publish(PUSH);
  test.hub.leave(gone, "eof");
  test.hub.leave(gone, "slow");
  test.hub.publish(PUSH);
  assertEquals([gone.state, test.hub.size, test.hub.keyCount], ["gone", 1, 1]);
  assertEquals([gone.channel.received, stays.channel.received], [1, 2]);
  test.hub.leave(stays, "bye");
  assertEquals([test.hub.ledger.used, test.hub.size, test.hub.keyCount], [0, 0, 0]);
  assertEquals(test.hub.closed().map(({ reason }) => reason), ["eof", "bye"]);
});

Deno.test("Hub.leave of one that waits leaves nothing behind, not even under closed", () => {
  const test = new TestHub();
  const { consumer } = test.join({ sets_up: true });
  const waiting = test.join();
  test.hub.leave(waiting.consumer, "bye");
  test.hub.setupDone(consumer);
  assertEquals([waiting.edge.told, waiting.consumer.state], [[], "gone"]);
  assertEquals([test.hub.closed(), test.hub.size, test.hub.isPressed], [[], 1, false]);
});

Deno.test("Hub.setupDone lets those in that wait for the key", () => {
  const test = new TestHub();
  const first = test.join({ sets_up: true });
  const next = test.join({ sets_up: true });
  assertEquals(test.hub.publish(PUSH), "routed");
  assertEquals([first.consumer.channel.received, next.edge.told], [1, []]);
  test.hub.setupDone(first.consumer);
  assertEquals(next.edge.told, ["joined"]);
});

Deno.test("Hub.stop rejects those that wait and those that come", () => {
  const test = new TestHub();
  const { consumer } = test.join();
  test.hub.ask(consumer, "gh");
  const waits = [test.join(), test.join()];
  test.hub.stop();
  const comes = test.join({ event_key: "ci" });
  for (const { edge, consumer } of [...waits, comes]) {
    assertEquals([edge.told, consumer.state], [["stopped: the hub stops"], "gone"]);
  }
  test.hub.leave(consumer, "stopped");
  assertEquals([test.hub.size, test.hub.keyCount, test.hub.isPressed], [0, 0, false]);
});

Deno.test("Hub.stop holds no publisher back any more, and what it read is still routed", () => {
  const test = new TestHub();
  const consumer = test.consumer(">");
  test.hub.publish(sized("github.push", 70_000));
  assertEquals(test.hub.holder("github.push"), consumer);
  let released = 0;
  consumer.channel.pace.whenReleased(() => released++);
  test.hub.stop();
  assertEquals([released, test.hub.holder("github.push")], [1, undefined]);
  assertEquals(test.hub.publish(sized("github.push", 70_000)), "routed");
  assertEquals(test.hub.holder("github.push"), undefined);
  assertEquals(drain(consumer.channel).length, 2);
});
