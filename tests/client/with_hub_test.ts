/** The client against the hub of this program, over a real socket. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { hubPaths } from "../../lib/platform/paths.ts";
import {
  BusError,
  consume,
  type ConsumedEvent,
  HubGoneError,
  NoHubError,
  publisher,
  RefusedError,
  RejectedError,
  status,
  stop,
} from "../../lib/mod.ts";
import { serve } from "../../lib/server/lifecycle.ts";

/** Runs with a hub, which is stopped afterwards if it still runs. */
function withHub(name: string, run: (hub: { socket: string }) => Promise<void>) {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir();
    const socket = `${directory}/x.sock`;
    const controller = new AbortController();
    const listening = Promise.withResolvers<string>();
    const serving = serve({
      paths: hubPaths({ socket }),
      onListening: listening.resolve,
      signal: controller.signal,
    });
    try {
      await Promise.race([listening.promise, serving]);
      await run({ socket });
    } finally {
      controller.abort();
      await serving;
      await Deno.remove(directory, { recursive: true });
    }
  });
}

withHub(
  "the whole corpus goes from a publisher to a consumer, and the status says so",
  async (hub) => {
    const sent = webhooks.flatMap(({ name, examples }) =>
      examples.map((payload) => ({ type: `github.${name}`, text: JSON.stringify(payload) }))
    );
    const consumer = await consume({ ...hub, key: "gh", types: ["github.>"] });
    assertEquals(consumer.first, true);
    const taking = (async () => {
      const events: ConsumedEvent[] = [];
      for await (const event of consumer) if (events.push(event) === sent.length) break;
      return events;
    })();
    await using bus = await publisher(hub);
    for (const { type, text } of sent) await bus.publish({ type, payloadText: text });
    assertEquals(await bus.flush(), { events: 329, matched: 329, duplicates: 0 });
    assertEquals(bus.acknowledged, 329);
    const events = await taking;
    assertEquals(events.map(({ type, payloadText }) => ({ type, text: payloadText })), sent);
    assertEquals(events.map(({ seq }) => seq), sent.map((_, index) => index + 1));
    assertEquals(await consumer.closed, { reason: "left", last: true, received: 329, lost: 0 });
    const state = await status(hub);
    assertEquals([state.published, state.consumers.length], [329, 0]);
    const [gone] = state.closed ?? [];
    assertEquals([gone?.event_key, gone?.received, gone?.dropped], ["gh", 329, 0]);
  },
);

withHub(
  "two consumers of a key: one is first, and one that leaves is told who is last",
  async (hub) => {
    const one = await consume({ ...hub, key: "gh", types: ["x"] });
    const other = await consume({ ...hub, key: "gh", types: ["x"] });
    assertEquals([one.first, other.first], [true, false]);
    assertEquals(await one.leave(), { last: false });
    assertEquals(await other.leave(), { last: true });
  },
);

withHub(
  "duplicates are counted, and an event that cannot be one costs nothing",
  async (hub) => {
    const bus = await publisher(hub);
    await bus.publish({ type: "x", payload: 1, id: "same" });
    await bus.publish({ type: "x", payload: 2, id: "same" });
    assertEquals(await bus.flush(), { events: 1, matched: 0, duplicates: 1 });
    await assertRejects(() => bus.send("{}"), BusError);
    assertEquals(await bus.close(), { events: 1, matched: 0, duplicates: 1 });
  },
);

withHub("a hello that the hub does not take is rejected with its code", async (hub) => {
  const error = await assertRejects(
    () => consume({ ...hub, key: "k".repeat(1025), types: ["x"] }),
    RejectedError,
  );
  assertEquals(error.code, "bad_hello");
});

withHub(
  "a consumer says that it waits, and takes itself back while the key is cleaned up",
  async (hub) => {
    const holder = await Deno.connect({ transport: "unix", path: hub.socket });
    const lines = [
      { type: "hello", event_key: "gh", event_types: ["x"] },
      { type: "pre_shutdown_check", event_key: "gh" },
    ];
    await holder.write(
      new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    );
    const waiting = Promise.withResolvers<void>();
    const controller = new AbortController();
    const consuming = consume({
      ...hub,
      key: "gh",
      types: ["x"],
      signal: controller.signal,
      onWaiting: waiting.resolve,
    });
    await waiting.promise;
    controller.abort(new Error("enough"));
    assertEquals((await assertRejects(() => consuming)).message, "enough");
    holder.close();
    const next = await consume({
      ...hub,
      key: "gh",
      types: ["x"],
      onWaiting() {
        throw new Error("the key is free");
      },
    });
    assertEquals(next.first, true);
    await next.leave();
  },
);

withHub(
  "stop() ends the hub for its consumers and publishers, and resolves when it has gone",
  async (hub) => {
    const consumer = await consume({ ...hub, key: "gh", types: ["x"], reconnect: false });
    const bus = await publisher(hub);
    await bus.publish({ type: "x", payload: 1 });
    await bus.flush();
    const events: ConsumedEvent[] = [];
    const taking = assertRejects(async () => {
      for await (const event of consumer) events.push(event);
    }, HubGoneError);
    await stop(hub);
    const gone = await taking;
    assertEquals(gone.hubReason, "stopped");
    assertEquals(events.length, 1);
    const refused = await assertRejects(() => bus.publish({ type: "x", payload: 2 }), HubGoneError);
    assertEquals([refused.hubReason, refused.acknowledged], ["stopped", 1]);
    assert(!(refused instanceof RefusedError));
    await assertRejects(() => status(hub), NoHubError);
  },
);

withHub(
  "a key is set up by one consumer and cleaned up by one, and nothing overlaps",
  async (hub) => {
    const order: string[] = [];
    const work = (name: string, failure?: Error) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} ends`);
      if (failure) throw failure;
    };
    const common = { ...hub, key: "gh", types: ["x"] };
    const failing = consume({ ...common, setup: work("failing setup", new RangeError("own")) });
    const outcome = assertRejects(() => failing, RangeError, "own");
    while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const cleanup = work("cleanup");
    const consumers = await Promise.all(
      ["one", "two", "three"].map((name) => consume({ ...common, setup: work(name), cleanup })),
    );
    await outcome;
    const first = ["one", "two", "three"][consumers.findIndex(({ first }) => first)];
    assertEquals(order, [
      "failing setup begins",
      "failing setup ends",
      `${first} begins`,
      `${first} ends`,
    ]);
    const leaving = consumers.map((consumer) => consumer.leave());
    const next = await consume({ ...common, setup: work("next"), cleanup });
    assertEquals((await Promise.all(leaving)).filter(({ last }) => last).length, 1);
    assertEquals(await next.leave(), { last: true });
    assertEquals(order.slice(4), [
      "cleanup begins",
      "cleanup ends",
      "next begins",
      "next ends",
      "cleanup begins",
      "cleanup ends",
    ]);
  },
);

withHub("what is published during a setup is there after it", async (hub) => {
  await using bus = await publisher(hub);
  await using consumer = await consume({
    ...hub,
    key: "gh",
    types: ["x"],
    async setup() {
      await bus.publish({ type: "x", payload: 1 });
      await bus.flush();
    },
  });
  const { value } = await consumer[Symbol.asyncIterator]().next();
  assertEquals([value?.payload, value?.lost], [1, 0]);
});
