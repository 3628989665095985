/** Setup and cleanup of a key, on one connection. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  type ConnectedConsumer,
  SetupFailure,
  subscribe,
} from "../../lib/client/connected_consumer.ts";
import { HubGoneError } from "../../lib/client/errors.ts";
import type { Subscription } from "../../lib/client/subscription.ts";
import { type Line, type Scripted, scripted } from "./scripted_hub.ts";
import { ACK, numbered, takeLeave } from "./subscribed.ts";

const NEVER = new AbortController().signal;

interface Connected extends Scripted {
  readonly consumer: ConnectedConsumer;
}

/** Subscribes at a hub that knows setups. */
async function connected(
  options: Partial<Subscription>,
  ack: Line = {},
  ...after: Line[]
): Promise<Connected> {
  const script = scripted();
  const opening = subscribe(script.connection, { key: "gh", types: ["x"], ...options });
  await script.hub.expect({ type: "hello", sets_up: options.setup && true });
  await script.hub.say({ ...ACK, capabilities: ["sets_up"], ...ack }, ...after);
  return { ...script, consumer: await opening };
}

/** A setup or cleanup that ends when the test says so. */
class Work {
  readonly #end = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<AbortSignal>();
  calls = 0;

  readonly run = (signal: AbortSignal): Promise<void> => {
    this.calls++;
    this.#begun.resolve(signal);
    return this.#end.promise;
  };

  /** Its signal, once it has begun. */
  get begun(): Promise<AbortSignal> {
    return this.#begun.promise;
  }

  succeed(): void {
    this.#end.resolve();
  }

  fail(error: unknown): void {
    this.#end.reject(error);
  }
}

async function fired(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}

/** Lets all that can go on without the outside do so. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("subscribe() says that it sets up where it has a setup, and not for a cleanup", async () => {
  for (const [options, setsUp] of [[{ setup: new Work().run }, true], [{}, undefined]] as const) {
    const { connection, hub } = scripted();
    const subscription = { key: "gh", types: ["x"], cleanup: new Work().run, ...options };
    const opening = subscribe(connection, subscription);
    assertEquals((await hub.next()).sets_up, setsUp);
    await hub.say(ACK);
    hub.close();
    await (await opening).leave();
  }
});

Deno.test("setUp() says that it is done when it is, and not before", async () => {
  const setup = new Work();
  const script = await connected({ setup: setup.run });
  let isDone = false;
  const settingUp = script.consumer.setUp(NEVER).then(() => isDone = true);
  assertEquals((await setup.begun).aborted, false);
  await turns();
  assertEquals([isDone, script.end.unread], [false, 0]);
  setup.succeed();
  await settingUp;
  assertEquals(await script.hub.next(), { type: "setup_done" });
  await Promise.all([script.consumer.leave(), takeLeave(script, true)]);
  assertEquals(setup.calls, 1);
});

Deno.test("setUp() does nothing for a key that has its first", async () => {
  const setup = new Work();
  const script = await connected({ setup: setup.run }, { first_for_key: false });
  await script.consumer.setUp(NEVER);
  await Promise.all([script.consumer.leave(), takeLeave(script, false)]);
  assertEquals(setup.calls, 0);
});

Deno.test("setUp() does not tell a hub that knows no setup", async () => {
  const setup = new Work();
  const script = await connected({ setup: setup.run }, { capabilities: ["patterns"] });
  setup.succeed();
  await script.consumer.setUp(NEVER);
  await Promise.all([script.consumer.leave(), takeLeave(script, true)]);
  assertEquals(setup.calls, 1);
});

Deno.test("setUp() that fails closes the connection without a word, and throws what was thrown", async () => {
  const setup = new Work();
  const script = await connected({ setup: setup.run }, {}, numbered(1));
  const settingUp = assertRejects(() => script.consumer.setUp(NEVER));
  await setup.begun;
  const own = new RangeError("own");
  setup.fail(own);
  const failure = await settingUp;
  assertInstanceOf(failure, SetupFailure);
  assertStrictEquals(failure.error, own);
  assertEquals(await script.hub.line(), undefined);
  assert(script.end.isClosed);
  assertEquals(await script.consumer.leave(), { last: undefined });
  assertEquals(await script.consumer.closed, { reason: "left" });
});

Deno.test("setUp() that is broken off closes the connection without a word", async () => {
  for (const before of [true, false]) {
    const setup = new Work();
    const controller = new AbortController();
    const script = await connected({ setup: setup.run });
    const reason = new Error("enough");
    if (before) controller.abort(reason);
    const settingUp = assertRejects(() => script.consumer.setUp(controller.signal));
    if (!before) {
      const signal = await setup.begun;
      controller.abort(reason);
      await fired(signal);
      await turns();
      // It is waited for: two of it must not run at once.
      assert(!script.end.isClosed);
      setup.fail(new Error("SIGTERM ended it"));
    }
    assertStrictEquals(await settingUp, reason);
    assertEquals(setup.calls, before ? 0 : 1);
    assertEquals(await script.hub.line(), undefined);
  }
});

Deno.test("setUp() that is done in spite of the signal is done: somebody has to clean up", async () => {
  const setup = new Work();
  const controller = new AbortController();
  const script = await connected({ setup: setup.run });
  const settingUp = script.consumer.setUp(controller.signal);
  await setup.begun;
  controller.abort();
  setup.succeed();
  await settingUp;
  assertEquals(await script.hub.next(), { type: "setup_done" });
  await Promise.all([script.consumer.leave(), takeLeave(script, true)]);
});

Deno.test("setUp() ends with the hub, however the setup takes that", async () => {
  for (const way of ["succeed", "fail"] as const) {
    for (const hubReason of ["stopped", undefined]) {
      const setup = new Work();
      const { hub, consumer } = await connected({ setup: setup.run });
      const settingUp = assertRejects(() => consumer.setUp(NEVER), HubGoneError);
      const signal = await setup.begun;
      if (hubReason) await hub.say({ type: "bye", reason: hubReason });
      hub.close();
      await fired(signal);
      if (way === "succeed") setup.succeed();
      else setup.fail(new Error("own"));
      assertEquals((await settingUp).hubReason, hubReason);
    }
  }
});

Deno.test("setUp() does not begin where the hub has gone already", async () => {
  const setup = new Work();
  const { hub, consumer } = await connected({ setup: setup.run }, {}, {
    type: "bye",
    reason: "stopped",
  });
  await turns();
  await assertRejects(() => consumer.setUp(NEVER), HubGoneError);
  assertEquals(setup.calls, 0);
  assertEquals(await hub.line(), undefined);
});

Deno.test("setUp() throws what a callback throws meanwhile", async () => {
  const setup = new Work();
  const script = await connected({
    setup: setup.run,
    onSourceStatus() {
      throw new RangeError("own");
    },
  });
  const settingUp = assertRejects(() => script.consumer.setUp(NEVER), RangeError);
  const signal = await setup.begun;
  await script.hub.say({ type: "source_status", source: "gh", state: "connected" });
  await fired(signal);
  setup.fail(new Error("broken off"));
  await settingUp;
  assertEquals(await script.hub.line(), undefined);
});

Deno.test("setUp() reads on, keeps the newest 1,024 events, and counts the others as lost", async () => {
  const setup = new Work();
  const { hub, hubEnd, consumer } = await connected({ setup: setup.run }, {}, numbered(3));
  const settingUp = consumer.setUp(NEVER);
  await setup.begun;
  for (let seq = 4; seq <= 3000; seq++) await hub.say(numbered(seq));
  while (hubEnd.unread > 0) await turns();
  await turns();
  setup.succeed();
  await settingUp;
  const taken = [];
  for (let event = consumer.take(); event; event = consumer.take()) taken.push(event);
  assertEquals(taken.length, 1024);
  assertEquals([taken[0]?.seq, taken[0]?.lost], [1977, 1976]);
  assertEquals([taken[1]?.lost, taken.at(-1)?.seq], [0, 3000]);
  assertEquals([consumer.received, consumer.lost], [1024, 1976]);
  hub.close();
  await consumer.closed;
});

Deno.test("setUp() over, no more is read ahead than is taken", async () => {
  const setup = new Work();
  const { hub, hubEnd, consumer } = await connected({ setup: setup.run });
  const settingUp = consumer.setUp(NEVER);
  await hub.say(numbered(1));
  setup.succeed();
  await settingUp;
  const sending = (async () => {
    for (let seq = 2; seq <= 200; seq++) await hub.say(numbered(seq, "x".repeat(1000)));
  })();
  await turns();
  assert(hubEnd.unread > 0);
  const leaving = consumer.leave();
  await sending;
  await hub.expect({ type: "setup_done" });
  await hub.expect({ type: "pre_shutdown_check" });
  await hub.say({ type: "pre_shutdown_ack", last_for_key: false });
  await leaving;
});

Deno.test("leave() cleans up where it is the last, before it says bye", async () => {
  const cleanup = new Work();
  const script = await connected({ cleanup: cleanup.run });
  const { hub, hubEnd, consumer, end } = script;
  const leaving = consumer.leave();
  await hub.expect({ type: "pre_shutdown_check" });
  assertEquals(cleanup.calls, 0);
  await hub.say({ type: "pre_shutdown_ack", last_for_key: true });
  assertEquals((await cleanup.begun).aborted, false);
  // It reads on: a hub must not cut it off as one that takes nothing.
  for (let seq = 1; seq <= 500; seq++) await hub.say(numbered(seq, "x".repeat(1000)));
  await turns();
  assertEquals([hubEnd.unread, end.unread, end.isClosed], [0, 0, false]);
  cleanup.succeed();
  assertEquals(await hub.next(), { type: "bye" });
  assertEquals(await leaving, { last: true });
});

Deno.test("leave() does not clean up where it is not the last, or nobody says so", async () => {
  for (const last of [false, undefined]) {
    const cleanup = new Work();
    const script = await connected({ cleanup: cleanup.run });
    const leaving = script.consumer.leave();
    await script.hub.expect({ type: "pre_shutdown_check" });
    if (last === undefined) script.hub.close();
    else await script.hub.say({ type: "pre_shutdown_ack", last_for_key: last });
    assertEquals(await leaving, { last });
    assertEquals(cleanup.calls, 0);
  }
});

Deno.test("leave() waits longer for the answer of a busy hub where there is a cleanup", async () => {
  const cleanup = new Work();
  const { hub, consumer } = await connected({ cleanup: cleanup.run });
  const leaving = consumer.leave();
  await hub.expect({ type: "pre_shutdown_check" });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await hub.say({ type: "pre_shutdown_ack", last_for_key: true });
  cleanup.succeed();
  assertEquals(await leaving, { last: true });
  assertEquals(cleanup.calls, 1);
});

Deno.test("leave() brings a cleanup to its end though the hub goes away", async () => {
  const cleanup = new Work();
  const { hub, consumer } = await connected({ cleanup: cleanup.run });
  let hasLeft = false;
  const leaving = consumer.leave().finally(() => hasLeft = true);
  await hub.expect({ type: "pre_shutdown_check" });
  await hub.say({ type: "pre_shutdown_ack", last_for_key: true });
  const signal = await cleanup.begun;
  hub.close();
  await fired(signal);
  await turns();
  assertEquals(hasLeft, false);
  cleanup.succeed();
  assertEquals(await leaving, { last: true });
});

Deno.test("leave() gives what a cleanup throws, and leaves all the same", async () => {
  const cleanup = new Work();
  const script = await connected({ cleanup: cleanup.run });
  const own = new RangeError("own");
  void cleanup.begun.then(() => cleanup.fail(own));
  const [leave] = await Promise.all([script.consumer.leave(), takeLeave(script, true)]);
  assertEquals(leave, { last: true, cleanupError: own });
});
