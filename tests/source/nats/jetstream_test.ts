import { assertEquals, assertMatch } from "@std/assert";
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { NatsSettings } from "../../../lib/source/nats.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { Play } from "../kit.ts";
import { NatsServer, natsTest } from "./server.ts";

const MANY = 3_000;

const STREAM = "BUS";

function isConnected({ states }: Play): boolean {
  return states.at(-1)?.startsWith("connected") ?? false;
}

function both(server: NatsServer, durable: string, more: Partial<NatsSettings> = {}) {
  return {
    servers: server.address,
    prefix: "bus",
    subjects: ["bus.>"],
    publish: true,
    jetstream: { stream: STREAM, durable },
    ...more,
  };
}

/** Events go out, and none come in. */
function outward(server: NatsServer) {
  return {
    servers: server.address,
    prefix: "bus",
    publish: true,
    jetstream: { stream: STREAM },
  };
}

function payloads({ events }: BridgedHub): string[] {
  return events.map(({ payload }) => payload);
}

/** Asks the server, as one who has to set it up does. */
async function manage<T>(
  server: NatsServer,
  ask: (manager: JetStreamManager) => Promise<T>,
): Promise<T> {
  await using other = await server.client();
  return await ask(await jetstreamManager(other.client));
}

async function withStream(subjects = ["bus.>"]): Promise<NatsServer> {
  const server = await NatsServer.start({ jetstream: true });
  await manage(server, ({ streams }) => streams.add({ name: STREAM, subjects }));
  return server;
}

/** A consumer to which what it did not hear of comes again soon. */
async function impatient(server: NatsServer, name: string, more: Partial<ConsumerConfig> = {}) {
  const config = {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(1_000),
    filter_subject: "bus.>",
    ...more,
  };
  await manage(server, ({ consumers }) => consumers.add(STREAM, config));
}

natsTest(
  "nats: with JetStream 3,000 events cross, each once, though the server is killed",
  async () => {
    await using server = await withStream();
    await impatient(server, "other");
    const [one, other] = [new BridgedHub(), new BridgedHub()];
    await using out = one.bridge(both(server, "one", { buffer: { events: MANY } }));
    await using into = other.bridge(both(server, "other"));
    await out.until(isConnected);
    await into.until(isConnected);
    const texts = Array.from({ length: MANY }, (_, n) => String(n));
    for (const payload of texts) one.publish({ type: "t", payload });
    for (const reached of [MANY / 4, MANY / 2]) {
      await other.until(({ events }) => events.length >= reached);
      await server.kill();
      await server.restart();
    }
    await other.until(({ events }) => events.length === MANY);
    const { state } = await manage(server, ({ streams }) => streams.info(STREAM));
    assertEquals(state.messages, MANY);
    assertEquals(new Set(payloads(other)).size, MANY);
    assertEquals(one.events.length, MANY);
    assertEquals(one.context.lines, []);
    assertEquals(out.states.filter((state) => state.startsWith("connected")).length, 3);
  },
);

natsTest(
  "nats: a durable goes on where it was, and its own messages do not come back",
  async () => {
    await using server = await withStream();
    const [one, other] = [new BridgedHub(), new BridgedHub()];
    await using into = other.bridge(both(server, "other"));
    await into.until(isConnected);
    {
      await using play = one.bridge(both(server, "one"));
      await play.until(isConnected);
      one.publish({ type: "t", payload: "1" });
      other.publish({ type: "t", payload: "2" });
      await one.until(({ events }) => events.length === 2);
      await other.until(({ events }) => events.length === 2);
    }
    other.publish({ type: "t", payload: "3" });
    one.publish({ type: "t", payload: "4" });
    await using again = one.bridge(both(server, "one"));
    await one.until(({ events }) => events.length === 4);
    one.publish({ type: "t", payload: "5" });
    await other.until(({ events }) => events.length === 4);
    assertEquals(payloads(one), ["1", "2", "4", "3", "5"]);
    assertEquals(again.findings.map(({ payload }) => payload), ["3"]);
    assertEquals(one.duplicates, 0);
  },
);

natsTest(
  "nats: what two hubs send into a stream it keeps once, and each message has an id",
  async () => {
    await using server = await withStream();
    const hubs = [new BridgedHub(), new BridgedHub()];
    for (const hub of hubs) {
      await using play = hub.bridge(outward(server));
      await play.until(isConnected);
      hub.publish({ type: "t", id: "delivery-1", payload: "1" });
      hub.publish({ type: "t", payload: "2" });
      // What it has taken it sends before it ends.
      await hub.until(({ taken }) => taken === 2);
    }
    const kept = await manage(
      server,
      ({ streams }) => Promise.all([1, 2, 3].map((seq) => streams.getMessage(STREAM, { seq }))),
    );
    const ids = kept.map((message) => message?.header.get("Nats-Msg-Id"));
    assertEquals(kept.map((message) => message?.string()), ["1", "2", "2"]);
    assertEquals(ids[0], "delivery-1");
    for (const id of ids) assertMatch(id ?? "", /^\S+$/);
    assertEquals(new Set(ids).size, 3);
    const { state } = await manage(server, ({ streams }) => streams.info(STREAM));
    assertEquals(state.messages, 3);
  },
);

natsTest("nats: a durable begins behind what a stream has, or before it if it is to", async () => {
  await using server = await withStream();
  await using client = await server.client();
  const send = (payload: string) => client.client.request("bus.t", payload);
  await send("1");
  const [late, early] = [new BridgedHub(), new BridgedHub()];
  const settings = (durable: string, from?: "start") => ({
    servers: server.address,
    subjects: ["bus.>"],
    jetstream: { stream: STREAM, durable, ...(from ? { from } : {}) },
  });
  await using a = late.bridge(settings("late"));
  await using b = early.bridge(settings("early", "start"));
  await a.until(isConnected);
  await b.until(isConnected);
  await send("2");
  await late.until(({ events }) => events.length === 1);
  await early.until(({ events }) => events.length === 2);
  assertEquals(payloads(late), ["2"]);
  assertEquals(payloads(early), ["1", "2"]);
  // Without an id of its own it is known by its place in the stream.
  assertEquals(late.events[0]?.id, early.events[1]?.id);
  assertMatch(late.events[0]?.id ?? "", /^BUS:2:\d+$/);
});

natsTest(
  "nats: a message is done with once it is routed, and comes again if it was not",
  async () => {
    await using server = await withStream();
    await impatient(server, "slow", { ack_wait: nanos(60_000) });
    const settings = {
      servers: server.address,
      subjects: ["bus.>"],
      jetstream: { stream: STREAM, durable: "slow" },
    };
    await using client = await server.client();
    for (const payload of ["1", "no JSON", "3"]) await client.client.request("bus.t", payload);
    const first = new BridgedHub();
    const blocked = Promise.withResolvers<void>();
    first.blocked = blocked.promise;
    const play = first.bridge(settings);
    await play.until(({ found }) => found.length > 0);
    const pending = await manage(server, ({ consumers }) => consumers.info(STREAM, "slow"));
    assertEquals(pending.ack_floor.stream_seq, 0);
    // It ends without a word of what became of them.
    const stopped = play.stop();
    blocked.reject(new Error("the hub is gone"));
    await stopped;
    const second = new BridgedHub();
    await using again = second.bridge(settings);
    await second.until(({ events }) => events.length === 3);
    assertEquals(payloads(second).toSorted(), ["1", "3", "no JSON"]);
    await again.stop();
    const done = await manage(server, ({ consumers }) => consumers.info(STREAM, "slow"));
    assertEquals([done.ack_floor.stream_seq, done.num_ack_pending], [3, 0]);
  },
);

natsTest("nats: a message that nobody has judged at the end comes again", async () => {
  await using server = await withStream();
  await impatient(server, "filtered", { ack_wait: nanos(60_000) });
  const settings = {
    servers: server.address,
    subjects: ["bus.>"],
    jetstream: { stream: STREAM, durable: "filtered" },
  };
  await using client = await server.client();
  for (const payload of ["1", "2", "3"]) await client.client.request("bus.t", payload);
  const unjudged = new Play(new BridgedHub().source(settings), (finding) => {
    return "payload" in finding && finding.payload === "2" ? "routed" : "unjudged";
  });
  await unjudged.until(({ found }) => found.length === 3);
  await unjudged.stop();
  const second = new BridgedHub();
  await using _ = second.bridge(settings);
  await second.until(({ events }) => events.length === 2);
  assertEquals(payloads(second).toSorted(), ["1", "3"]);
});

natsTest("nats: what waits long for the hub comes once all the same", async () => {
  await using server = await withStream();
  await impatient(server, "slow");
  await using client = await server.client();
  for (let n = 0; n < 10; n++) await client.client.request("bus.t", String(n));
  const hub = new BridgedHub();
  const blocked = Promise.withResolvers<void>();
  hub.blocked = blocked.promise;
  await using play = hub.bridge({
    servers: server.address,
    subjects: ["bus.>"],
    jetstream: { stream: STREAM, durable: "slow" },
  });
  await play.until(({ found }) => found.length > 0);
  for (let redelivered = 0; redelivered === 0;) {
    const info = await manage(server, ({ consumers }) => consumers.info(STREAM, "slow"));
    redelivered = info.num_redelivered;
  }
  blocked.resolve();
  await hub.until(({ events }) => events.length === 10);
  await client.client.request("bus.t", "10");
  await hub.until(({ events }) => events.length === 11);
  assertEquals(hub.duplicates, 0);
  assertEquals(play.found.length, 11);
});

natsTest(
  "nats: several subjects of a stream come, others do not, and a change of them counts",
  async () => {
    await using server = await withStream(["a", "b", "c", "d"]);
    const hub = new BridgedHub();
    const settings = (subjects: string[]) => ({
      servers: server.address,
      subjects,
      jetstream: { stream: STREAM, durable: "some" },
    });
    await using client = await server.client();
    const send = async () => {
      for (const subject of ["a", "b", "c", "d"]) {
        await client.client.request(subject, `"${subject}"`);
      }
    };
    const got: string[][] = [];
    for (const subjects of [["a", "c"], ["b"], ["d", "a"]]) {
      const before = hub.events.length;
      await using play = hub.bridge(settings(subjects));
      await play.until(isConnected);
      await send();
      await hub.until(({ events }) => events.length === before + subjects.length);
      got.push(hub.events.slice(before).map(({ type }) => type));
    }
    assertEquals(got, [["a", "c"], ["b"], ["a", "d"]]);
  },
);

natsTest(
  "nats: an event whose subject the stream does not keep is counted, the next one goes out",
  async () => {
    await using server = await withStream(["bus.a", "bus.b"]);
    const hub = new BridgedHub();
    await using play = hub.bridge(outward(server));
    await play.until(isConnected);
    for (const type of ["a", "c", "b"]) hub.publish({ type, payload: "1", id: type });
    await hub.until(({ taken }) => taken === 3);
    await play.stop();
    const { state } = await manage(server, ({ streams }) => streams.info(STREAM));
    assertEquals(state.messages, 2);
    assertEquals(hub.context.lines, [
      "refused: an event did not go out: its subject is none of those that the stream keeps (1 so far)",
    ]);
  },
);

natsTest("nats: an event that the stream has no room for waits until there is", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  const config = { name: STREAM, subjects: ["bus.>"], max_msgs: 2, discard: DiscardPolicy.New };
  await manage(server, ({ streams }) => streams.add(config));
  const hub = new BridgedHub();
  await using play = hub.bridge({
    servers: server.address,
    prefix: "bus",
    publish: true,
    jetstream: { stream: STREAM },
  });
  await play.until(isConnected);
  for (let n = 0; n < 4; n++) hub.publish({ type: "t", payload: String(n), id: String(n) });
  for (let messages = 0; messages < 2;) {
    messages = (await manage(server, ({ streams }) => streams.info(STREAM))).state.messages;
  }
  await manage(server, ({ streams }) => streams.purge(STREAM));
  for (let last = 0; last < 4;) {
    last = (await manage(server, ({ streams }) => streams.info(STREAM))).state.last_seq;
  }
  assertEquals(hub.context.lines, []);
  const texts = await manage(server, async ({ streams }) => {
    const stored = await Promise.all([3, 4].map((seq) => streams.getMessage(STREAM, { seq })));
    return stored.map((message) => message && new TextDecoder().decode(message.data));
  });
  assertEquals(texts, ["2", "3"]);
});

natsTest("nats: a stream that is not there is said, and how to make it", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  const hub = new BridgedHub();
  await using play = hub.bridge(both(server, "one"));
  const error = await play.ended;
  assertEquals(String(error), "BusError: there is no stream BUS");
  assertEquals(
    error instanceof Error && Reflect.get(error, "hint"),
    "nats stream add BUS --subjects 'bus.>' --defaults",
  );
});

natsTest("nats: a server without JetStream is said", async () => {
  await using server = await NatsServer.start();
  await using play = new BridgedHub().bridge(both(server, "one"));
  assertEquals(String(await play.ended), "BusError: the server has no JetStream");
});

natsTest("nats: a consumer that is none for this is refused", async () => {
  await using server = await withStream();
  await impatient(server, "silent", { ack_policy: AckPolicy.None });
  await impatient(server, "pushing", { deliver_subject: "to.somebody" });
  const reasons = {
    silent: "the consumer silent of BUS does not wait for each message's ack",
    pushing: "the consumer pushing of BUS pushes",
  };
  for (const [durable, reason] of Object.entries(reasons)) {
    await using play = new BridgedHub().bridge(both(server, durable));
    assertEquals(String(await play.ended), `BusError: ${reason}`);
  }
});

natsTest("nats: a consumer that is deleted while it runs ends the run", async () => {
  await using server = await withStream();
  await using play = new BridgedHub().bridge(both(server, "one"));
  await play.until(isConnected);
  await manage(server, ({ consumers }) => consumers.delete(STREAM, "one"));
  assertMatch(String(await play.ended), /consumer deleted/);
});
