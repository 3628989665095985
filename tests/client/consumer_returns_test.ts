/** A consumer that comes back, from one scripted hub to the next. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { Passage } from "../../lib/client/coming_back.ts";
import { subscribe } from "../../lib/client/connected_consumer.ts";
import { type Attachment, Consumer } from "../../lib/client/consumer.ts";
import type { ConsumerState } from "../../lib/client/consumer_state.ts";
import { HubGoneError, RejectedError } from "../../lib/client/errors.ts";
import type { Subscription } from "../../lib/client/subscription.ts";
import { eventually } from "../e2e/waiting.ts";
import { type Line, PATHS, type Scripted, scripted } from "./scripted_hub.ts";
import { ACK, numbered, takeLeave } from "./subscribed.ts";

/** Hubs that come one after the other, each of them a script. */
class Hubs {
  readonly #coming: ((script: Scripted) => void)[] = [];
  readonly #waiting: Scripted[] = [];
  readonly #subscription: Subscription;
  readonly passage: Passage = {
    subscribe: async (_, signal) => {
      const script = scripted();
      const next = this.#coming.shift();
      if (next) next(script);
      else this.#waiting.push(script);
      const connected = await subscribe(script.connection, this.#subscription, signal);
      await connected.setUp(signal);
      return connected;
    },
    pause: () => Promise.resolve(),
    random: () => 0,
  };

  constructor(options: Partial<Subscription> = {}) {
    this.#subscription = { key: "gh", types: ["github.>"], ...options };
  }

  /** The next connection that the consumer makes, its hello taken. */
  async next(): Promise<Scripted> {
    const script = this.#waiting.shift() ??
      await new Promise<Scripted>((resolve) => this.#coming.push(resolve));
    await script.hub.expect({ type: "hello", event_key: "gh" });
    return script;
  }

  /** The next connection, accepted, with what comes after the ack. */
  async accept(ack: Line = {}, ...after: (Line | string)[]): Promise<Scripted> {
    const script = await this.next();
    await script.hub.say({ ...ACK, ...ack }, ...after);
    return script;
  }
}

interface Returning {
  readonly hubs: Hubs;
  readonly consumer: Consumer;
  readonly first: Scripted;
  readonly states: ConsumerState[];
}

/** A consumer on its first hub. */
async function returning(
  options: Partial<Attachment & Subscription> = {},
  ack: Line = {},
  ...after: (Line | string)[]
): Promise<Returning> {
  const hubs = new Hubs(options);
  const opening = hubs.passage.subscribe(true, new AbortController().signal);
  const first = await hubs.accept(ack, ...after);
  const states: ConsumerState[] = [];
  const consumer = new Consumer(await opening, hubs.passage, {
    reconnect: true,
    start: true,
    onState: (state) => void states.push(state),
    ...options,
  });
  return { hubs, consumer, first, states };
}

/** Ends a connection as a hub does that says why, or dies. */
async function goAway({ hub }: Scripted, reason?: string): Promise<void> {
  if (reason !== undefined) await hub.say({ type: "bye", reason });
  hub.close();
}

Deno.test("Consumer goes on at the next hub, and says before its first event that it is there", async () => {
  const { hubs, consumer, first, states } = await returning({}, { hub_id: "h1" }, numbered(1));
  assertEquals(consumer.state.state, "connected");
  const seen: string[] = [];
  const loop = (async () => {
    for await (const event of consumer) {
      seen.push(`${event.seq} lost ${event.lost} ${states.map(({ state }) => state).join(" ")}`);
      if (seen.length === 1) await goAway(first, "slow");
      if (seen.length === 3) break;
    }
  })();
  const second = await hubs.accept(
    { hub_id: "h2", first_for_key: false },
    numbered(1),
    numbered(4),
  );
  await takeLeave(second, true);
  await loop;
  // The numbers begin anew, and so does the counting of what is missing.
  assertEquals(seen, ["1 lost 0 ", "1 lost 0 away connected", "4 lost 2 away connected"]);
  const [away, back, ended] = states;
  assert(away?.state === "away" && back?.state === "connected" && ended?.state === "ended");
  assertInstanceOf(away.error, HubGoneError);
  assertEquals([away.hubReason, away.startsHub], ["slow", true]);
  assertEquals([back.ack.hub_id, consumer.ack.hub_id, consumer.first], ["h2", "h2", false]);
  assertEquals(ended.end, { reason: "left", last: true, received: 3, lost: 2 });
  assertEquals(await consumer.closed, ended.end);
  assertEquals(consumer.state, ended);
});

Deno.test("Consumer says whether it came back to the same hub, and how long it was away", async () => {
  const cases = [["h1", "h1", true], ["h1", "h2", false], ["h1", undefined, undefined]] as const;
  for (const [before, after, sameHub] of cases) {
    const { hubs, consumer, first, states } = await returning({}, { hub_id: before });
    const start = Date.now();
    await goAway(first);
    const second = await hubs.accept(after === undefined ? {} : { hub_id: after }, numbered(1));
    const iterator = consumer[Symbol.asyncIterator]();
    assertEquals((await iterator.next()).value?.seq, 1);
    const back = states.at(-1);
    assert(back?.state === "connected" && back.absence);
    assertEquals(back.absence.sameHub, sameHub);
    const { from, to } = back.absence;
    assert(start <= from && from <= to && to <= Date.now());
    await Promise.all([consumer.leave(), takeLeave(second, false)]);
  }
});

Deno.test("Consumer takes all that came from one hub before it has anything to do with the next", async () => {
  const { hubs, consumer, first, states } = await returning({}, {}, numbered(1), numbered(2));
  await goAway(first, "stopped");
  const iterator = consumer[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value?.seq, 1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(states, []);
  assertEquals((await iterator.next()).value?.seq, 2);
  const next = iterator.next();
  const second = await hubs.accept({}, numbered(1));
  assertEquals((await next).value?.seq, 1);
  assertEquals(states.map(({ state }) => state), ["away", "connected"]);
  await Promise.all([iterator.return(), takeLeave(second, true)]);
});

Deno.test("Consumer comes back again and again, and counts what came from all of them", async () => {
  const { hubs, consumer, first } = await returning({}, {}, numbered(2));
  const seqs: number[] = [];
  const loop = (async () => {
    for await (const { seq } of consumer) {
      if (seqs.push(seq) === 4) break;
    }
  })();
  await goAway(first);
  for (let round = 0; round < 2; round++) await goAway(await hubs.accept({}, numbered(3)));
  await takeLeave(await hubs.accept({}, numbered(1)), false);
  await loop;
  assertEquals(seqs, [2, 3, 3, 1]);
  const { received, lost } = await consumer.closed;
  assertEquals([received, lost], [4, 1 + 2 + 2]);
});

Deno.test("Consumer that leaves while it is away ends at once, and says that it was", async () => {
  for (const way of ["leave", "signal", "loop"] as const) {
    const controller = new AbortController();
    const away = Promise.withResolvers<void>();
    const { hubs, consumer, first } = await returning({
      signal: controller.signal,
      onState: ({ state }) => state === "away" && away.resolve(),
    });
    const loop = Array.fromAsync(consumer);
    await goAway(first, "stopped");
    await away.promise;
    // There is a hub, and the hello waits: it is taken back.
    const { hub } = await hubs.next();
    if (way === "signal") controller.abort();
    else assertEquals(await consumer.leave(), { last: undefined });
    assertEquals(await hub.line(), undefined);
    assertEquals(await loop, []);
    const { error, ...end } = await consumer.closed;
    assertInstanceOf(error, HubGoneError);
    const expected = { reason: "left", away: true, hubReason: "stopped", received: 0, lost: 0 };
    assertEquals(end, expected as typeof end);
  }
});

Deno.test("Consumer that leaves in the moment in which it is back leaves that hub as any other", async () => {
  const { hubs, consumer, first } = await returning({
    onState: ({ state }) => state === "connected" && void consumer.leave(),
  });
  await goAway(first);
  await takeLeave(await hubs.accept(), true);
  assertEquals(await consumer.leave(), { last: true });
  assertEquals(await consumer.closed, { reason: "left", last: true, received: 0, lost: 0 });
});

Deno.test("Consumer that is accepted when it has just begun to leave leaves that hub as any other", async () => {
  const hubs = new Hubs();
  const deaf = new AbortController().signal;
  const passage = {
    ...hubs.passage,
    subscribe: (startsHub: boolean) => hubs.passage.subscribe(startsHub, deaf),
  };
  const opening = passage.subscribe(true);
  const own = await hubs.accept();
  const consumer = new Consumer(await opening, passage, { reconnect: true, start: true });
  await goAway(own);
  const next = await hubs.next();
  const leaving = consumer.leave();
  await next.hub.say(ACK);
  await takeLeave(next, true);
  assertEquals(await leaving, { last: true });
  assertEquals(await consumer.closed, { reason: "left", last: true, received: 0, lost: 0 });
});

Deno.test("Consumer ends with a rejection that no other try would change", async () => {
  const { hubs, consumer, first, states } = await returning({}, {}, numbered(1));
  await goAway(first);
  const loop = assertRejects(() => Array.fromAsync(consumer), RejectedError, "no more of you");
  const rejection = { rejected: true, reject_code: "limit", reject_reason: "no more of you" };
  await hubs.accept(rejection);
  const error = await loop;
  assertEquals(await consumer.closed, { reason: "failed", error, received: 1, lost: 0 });
  assertEquals(states.map(({ state }) => state), ["away", "ended"]);
});

Deno.test("Consumer says its hello again where the hub is being stopped or the key cleaned up", async () => {
  const { hubs, consumer, first, states } = await returning();
  await goAway(first);
  for (const reject_code of ["cleanup", "stopped"]) {
    await hubs.accept({ rejected: true, reject_code, reject_reason: reject_code });
  }
  const last = await hubs.accept({}, numbered(1));
  assertEquals((await consumer[Symbol.asyncIterator]().next()).value?.seq, 1);
  const starts = states.map((state) => state.state === "away" ? state.startsHub : state.state);
  assertEquals(starts, [true, true, false, "connected"]);
  await Promise.all([consumer.leave(), takeLeave(last, true)]);
});

Deno.test("Consumer that is not to come back ends with its hub, and tells so", async () => {
  const { consumer, first, states } = await returning({ reconnect: false });
  await goAway(first, "stopped");
  await assertRejects(() => Array.fromAsync(consumer), HubGoneError);
  const { reason, hubReason, away } = await consumer.closed;
  assertEquals([reason, hubReason, away], ["hub_gone", "stopped", undefined]);
  assertEquals(states.map(({ state }) => state), ["ended"]);
});

Deno.test("Consumer fails, and leaves, where its listener throws: away, back, at the end", async () => {
  for (const at of ["away", "connected", "ended"]) {
    const { hubs, consumer, first } = await returning({
      onState({ state }) {
        if (state === at) throw new RangeError("own");
      },
    });
    const loop = Array.fromAsync(consumer).catch((error: unknown) => error);
    if (at !== "ended") {
      await goAway(first);
      if (at === "connected") await takeLeave(await hubs.accept(), true);
      assertInstanceOf(await loop, RangeError);
    } else {
      // A loop that is left just ends.
      await Promise.all([consumer.leave(), takeLeave(first, false)]);
      assertEquals(await loop, []);
    }
    const { reason, error } = await consumer.closed;
    assertEquals(reason, "failed");
    assertInstanceOf(error, RangeError);
  }
});

Deno.test("Consumer that is first at the next hub sets up again before it is there", async () => {
  let setups = 0;
  const going = Promise.withResolvers<void>();
  const setup = () => ++setups === 1 ? Promise.resolve() : going.promise;
  const { hubs, consumer, first, states } = await returning({ setup });
  await goAway(first);
  const next = consumer[Symbol.asyncIterator]().next();
  const second = await hubs.accept({ capabilities: ["sets_up"] }, numbered(1));
  await eventually("it sets up again", () => setups === 2);
  assertEquals(states.map(({ state }) => state), ["away"]);
  going.resolve();
  assertEquals((await next).value?.seq, 1);
  assertEquals(states.map(({ state }) => state), ["away", "connected"]);
  await second.hub.expect({ type: "setup_done" });
  await goAway(second);
  const third = await hubs.accept({ first_for_key: false }, numbered(1));
  await consumer.leave();
  assertEquals(await third.hub.line(), undefined);
  assertEquals(setups, 2);
});

Deno.test("Consumer comes back to another hub where one goes away during the setup", async () => {
  let setups = 0;
  const setup = async (signal: AbortSignal) => {
    if (++setups !== 2) return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new Error("broken off");
  };
  const { hubs, consumer, first, states } = await returning({ setup });
  await goAway(first);
  const next = consumer[Symbol.asyncIterator]().next();
  await goAway(await hubs.accept(), "stopped");
  const third = await hubs.accept({}, numbered(1));
  assertEquals((await next).value?.seq, 1);
  const away = states.map((state) => state.state === "away" ? state.startsHub : state.state);
  assertEquals(away, [true, false, "connected"]);
  assertEquals(setups, 3);
  await Promise.all([consumer.leave(), takeLeave(third, true)]);
});

Deno.test("Consumer ends with what its setup throws, though it looks like a hub's error", async () => {
  const own = new HubGoneError({ ...PATHS, socket: "/another" });
  let setups = 0;
  const setup = () => ++setups === 1 ? Promise.resolve() : Promise.reject(own);
  const { hubs, consumer, first, states } = await returning({ setup });
  await goAway(first);
  const loop = assertRejects(() => Array.fromAsync(consumer));
  const second = await hubs.accept();
  assertStrictEquals(await loop, own);
  assertEquals(await second.hub.line(), undefined);
  assertEquals(await consumer.closed, { reason: "failed", error: own, received: 0, lost: 0 });
  assertEquals(states.map(({ state }) => state), ["away", "ended"]);
});

Deno.test("Consumer that leaves during a setup breaks it off, and ends as one that is away", async () => {
  let setups = 0;
  const begun = Promise.withResolvers<void>();
  const setup = async (signal: AbortSignal) => {
    if (++setups === 1) return;
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new Error("broken off");
  };
  const cleanup = () => Promise.reject(new Error("nobody said that it is the last"));
  const { hubs, consumer, first } = await returning({ setup, cleanup });
  await goAway(first);
  const loop = Array.fromAsync(consumer);
  const second = await hubs.accept();
  await begun.promise;
  assertEquals(await consumer.leave(), { last: undefined });
  assertEquals(await second.hub.line(), undefined);
  assertEquals(await loop, []);
  const { reason, away } = await consumer.closed;
  assertEquals([reason, away], ["left", true]);
});

Deno.test("Consumer throws what ended it rather than what its cleanup threw", async () => {
  const cleanupError = new Error("of the cleanup");
  const { hubs, consumer, first } = await returning({
    cleanup: () => Promise.reject(cleanupError),
    onState({ state }) {
      if (state === "connected") throw new RangeError("own");
    },
  });
  const loop = assertRejects(() => Array.fromAsync(consumer), RangeError, "own");
  await goAway(first);
  await takeLeave(await hubs.accept(), true);
  await loop;
  const end = await consumer.closed;
  assertEquals([end.reason, end.last, end.cleanupError], ["failed", true, cleanupError]);
});
