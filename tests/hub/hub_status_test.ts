import { assertEquals } from "@std/assert";
import { CLOSED_CONSUMERS, STATUS_TYPES } from "../../lib/hub/limits.ts";
import { HandClock, publication, TestHub } from "./kit.ts";

const PUSH = publication("github.push");

Deno.test("Hub.closed remembers the last consumers as they last were, oldest first", () => {
  const test = new TestHub({ channelEvents: 2 });
  const { consumer } = test.join({ pid: 1, event_types: ["github.push"] });
  for (let i = 0; i < 3; i++) test.hub.publish(PUSH);
  test.clock.pass(9);
  test.hub.ask(test.join({ pid: 2 }).consumer, "gh");
  const [before] = test.hub.consumers();
  test.hub.leave(consumer, "slow");
  assertEquals(test.hub.closed(), [
    { ...before, pid: 1, dropped: 1, closed_at: HandClock.EPOCH + 9, reason: "slow" },
  ]);
  for (let pid = 3; pid <= 2 + CLOSED_CONSUMERS; pid++) {
    test.hub.leave(test.join({ pid, event_key: "ci" }).consumer, "bye");
  }
  assertEquals(
    test.hub.closed().map(({ pid }) => pid),
    Array.from({ length: 100 }, (_, i) => i + 3),
  );
});

Deno.test("Hub.closed says of one that asked that it was leaving", () => {
  const test = new TestHub();
  const [asks, crashes] = [test.join().consumer, test.join().consumer];
  test.hub.ask(asks, "gh");
  test.hub.leave(asks, "bye");
  test.hub.leave(crashes, "eof");
  assertEquals(test.hub.closed().map(({ leaving }) => leaving), [true, false]);
});

Deno.test("Hub.consumers names the registered ones in order of registration, not of arrival", () => {
  const test = new TestHub();
  const holder = test.join({ pid: 1 });
  test.hub.ask(holder.consumer, "gh");
  test.join({ pid: 2 });
  test.join({ pid: 3, event_key: "ci" });
  assertEquals(test.hub.consumers().map(({ pid }) => pid), [1, 3]);
  test.hub.leave(holder.consumer, "bye");
  assertEquals(test.hub.consumers().map(({ pid }) => pid), [3, 2]);
});

Deno.test("Hub.consumers says when the last event matched, from the wall's clock", () => {
  const test = new TestHub();
  test.join({ event_types: ["github.push"] });
  const lastAt = () => test.hub.consumers().map(({ last_event_at }) => last_event_at);
  test.clock.pass(5);
  test.hub.publish(publication("github.fork"));
  assertEquals(lastAt(), [undefined]);
  test.hub.publish(PUSH);
  test.clock.pass(5);
  assertEquals(lastAt(), [HandClock.EPOCH + 5]);
});

Deno.test("Hub.types says what passed and how many match it now, oldest use first", () => {
  const test = new TestHub();
  const { consumer } = test.join({ event_types: ["github.*"] });
  test.hub.publish(PUSH);
  test.clock.pass(1);
  test.hub.publish(publication("gitlab.push"));
  test.clock.pass(1);
  test.hub.publish(PUSH);
  const { EPOCH } = HandClock;
  const [gitlab, github] = [
    { event_type: "gitlab.push", published: 1, last_at: EPOCH + 1, consumers: 0 },
    { event_type: "github.push", published: 2, last_at: EPOCH + 2, consumers: 1 },
  ];
  assertEquals(test.hub.types(), [gitlab, github]);
  test.hub.leave(consumer, "bye");
  assertEquals(test.hub.types(), [gitlab, { ...github, consumers: 0 }]);
});

Deno.test("Hub.types names the last 1,024", () => {
  const test = new TestHub();
  for (let i = 0; i < STATUS_TYPES + 10; i++) test.hub.publish(publication(`type.${i}`));
  const types = test.hub.types().map(({ event_type }) => event_type);
  assertEquals([types.length, types[0], types.at(-1)], [1024, "type.10", "type.1033"]);
});

Deno.test("Hub.types names fewer where it would take long to find out who gets them, and more each time", () => {
  const test = new TestHub();
  const types = Array.from({ length: 5 }, (_, i) => `${"a.".repeat(490)}${i}`);
  const { consumer } = test.join({ event_key: "known" });
  for (const type of types) test.hub.publish(publication(type));
  test.consumer(...Array.from({ length: 1_000 }, (_, i) => `${"*.".repeat(490)}${i}`));
  test.hub.leave(consumer, "bye");
  const named = () => test.hub.types().map(({ event_type, consumers }) => [event_type, consumers]);
  const all = types.map((type) => [type, 1]);
  assertEquals(named(), all.slice(2));
  assertEquals(named(), all);
});
