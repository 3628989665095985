import { assertEquals, assertMatch } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import { NatsMessages } from "../../../lib/source/nats/messages.ts";
import { Outbox } from "../../../lib/source/nats/outbox.ts";
import { Siblings } from "../../../lib/source/nats/siblings.ts";
import { SubjectNames } from "../../../lib/source/nats/subjects.ts";
import type { HubEvent, SourceContext } from "../../../lib/source/source.ts";
import { testContext } from "../kit.ts";

const ALL = { count: Infinity, bytes: Infinity };

function eventOf(payload: string, lost = 0): HubEvent {
  return { type: "a", id: payload, time: undefined, payload, lost };
}

/** An outbox with room for two. */
function outboxOf(consume: SourceContext["consume"]) {
  const context = testContext("test", consume);
  const messages = new NatsMessages({
    origin: undefined,
    siblings: new Siblings(),
    servers: "h:1",
    names: new SubjectNames(undefined),
    format: "json",
    known: undefined,
  });
  const limits = { count: 2, bytes: 100_000 };
  return { context, outbox: new Outbox({ context, types: ["*"], messages, limits }) };
}

/** One that has taken so many events, all that the hub had. */
async function filled(count: number, lost = 0, isAway = true) {
  const made = outboxOf(async function* () {
    for (let n = 0; n < count; n++) yield eventOf(String(n), lost);
  });
  const over = new AbortController();
  made.outbox.isAway = isAway;
  made.outbox.open(over.signal);
  await made.outbox.gathered();
  return { ...made, over };
}

function taken(outbox: Outbox): string[] {
  return outbox.take(ALL).map(({ payload }) => new TextDecoder().decode(payload));
}

Deno.test("outbox: while the server is away the newest are kept, and what made room is said", async () => {
  const { outbox, context } = await filled(5);
  assertEquals([outbox.length, taken(outbox)], [2, ["3", "4"]]);
  assertEquals(context.lines.length, 3);
  assertEquals(
    context.lines.at(-1),
    "dropped: an event did not go out: the server was away for too long (3 so far)",
  );
  outbox.isAway = false;
  assertEquals(context.lines.at(-1), "back: 3 events were dropped while the server was away");
});

Deno.test("outbox: while the server is there and too slow it goes on reading all the same", async () => {
  const { outbox, context } = await filled(5, 0, false);
  assertEquals(taken(outbox), ["3", "4"]);
  assertEquals(
    context.lines,
    [1, 2, 3].map((count) =>
      `dropped: an event did not go out: the server was too slow (${count} so far)`
    ),
  );
});

Deno.test("outbox: what is given back goes out first", async () => {
  const { outbox } = await filled(2);
  outbox.giveBack(outbox.take({ count: 1, bytes: Infinity }));
  assertEquals(taken(outbox), ["0", "1"]);
});

Deno.test("outbox: the hub's own loss is counted", async () => {
  const { context } = await filled(2, 4);
  const why = "the hub dropped what it could not pass on in time";
  assertEquals(context.lines, [
    `missed: 4 events did not go out: ${why} (4 so far)`,
    `missed: 4 events did not go out: ${why} (8 so far)`,
  ]);
});

Deno.test("outbox: what still waits is counted as left only if it never goes out", async () => {
  const { outbox, context, over } = await filled(2);
  outbox.rest();
  outbox.open(over.signal);
  assertEquals([outbox.length, context.lines], [2, []]);
  over.abort();
  outbox.rest();
  assertEquals(context.lines, [
    "left: 2 events did not go out: the source was stopped before (2 so far)",
  ]);
  assertEquals(outbox.length, 0);
});

Deno.test("outbox: what waits between two runs is counted too when no other one comes", async () => {
  const { promise: hasCome, resolve: come } = Promise.withResolvers<void>();
  const { outbox, context } = outboxOf(async function* (_, signal) {
    yield eventOf("1");
    come();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  });
  const over = new AbortController();
  outbox.open(over.signal);
  outbox.rest();
  await hasCome;
  over.abort();
  await outbox.gathered();
  assertEquals(context.lines, [
    "left: an event did not go out: the source was stopped before (1 so far)",
  ]);
});

Deno.test("outbox: when the hub cuts it off that is said, and it takes the hub's events again", async () => {
  let times = 0;
  const { outbox, context } = outboxOf(async function* () {
    yield eventOf(String(++times));
    if (times === 1) throw new BusError("failed", "the hub ended it (slow)");
  });
  const failures: unknown[] = [];
  outbox.onFailure = (error) => failures.push(error);
  outbox.open(new AbortController().signal);
  await outbox.gathered();
  assertEquals([taken(outbox), failures], [["1", "2"], []]);
  assertEquals(context.lines, [
    "gap: events may not have gone out, nobody knows how many: the hub ended it (slow) (1 times so far)",
  ]);
});

Deno.test("outbox: a hub that does not take it at all is told to the run, and asked again", async () => {
  let times = 0;
  const { outbox } = outboxOf(async function* () {
    if (++times <= 2) throw new BusError("failed", "the hub does not take it");
    yield eventOf("1");
  });
  const failures: unknown[] = [];
  outbox.onFailure = (error) => failures.push(error);
  outbox.open(new AbortController().signal);
  await outbox.gathered();
  assertEquals([taken(outbox), failures.length], [["1"], 2]);
  assertMatch(String(failures[0]), /the hub does not take it/);
});
