import { assert, assertEquals, assertMatch } from "@std/assert";
import type { NatsSettings } from "../../../lib/source/nats.ts";
import { both, isConnected, payloads } from "./both_ways.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { Relay } from "./relay.ts";
import { NatsServer, natsTest } from "./server.ts";

/** A server that is away is tried again so often. */
const OFTEN: Partial<NatsSettings> = { backoff: ["10ms", "50ms"] };

natsTest(
  "nats: what was under way when the server was killed is counted, all else arrives once",
  async () => {
    await using server = await NatsServer.start();
    await using relay = await Relay.to(server.address);
    const [one, other] = [new BridgedHub(), new BridgedHub()];
    await using out = one.bridge(both(server, { ...OFTEN, servers: relay.address }));
    await using into = other.bridge(both(server, OFTEN));
    await out.until(isConnected);
    await into.until(isConnected);
    const texts = Array.from({ length: 3_000 }, (_, n) => String(n));
    const publish = (from: number, to: number) => {
      for (const payload of texts.slice(from, to)) one.publish({ type: "t", payload });
    };
    publish(0, 1_000);
    await other.until(({ events }) => events.length === 1_000);
    await server.freeze();
    publish(1_000, 2_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    relay.bar();
    await server.kill();
    await out.until(({ states }) => states.length > 2);
    publish(2_000, 3_000);
    await into.until(({ states }) => states.length > 1);
    await server.restart();
    // The one that sends comes back last: what it sends before the other is there would be gone.
    await into.until(isConnected);
    await relay.unbar();
    await other.until(({ events }) => events.at(-1)?.payload === texts.at(-1));
    const [line = "", ...more] = one.context.lines;
    assertEquals(more, []);
    const [, count] =
      /^unsure: (?:an event|\d+ events) may not have gone out: the connection was lost just then \((\d+) so far\)$/
        .exec(line) ?? [];
    const missing = texts.filter((text) => !payloads(other).includes(text));
    assert(missing.length <= Number(count), `${missing.length} are missing, ${count} were counted`);
    assertEquals(payloads(other), texts.filter((text) => !missing.includes(text)));
    assertEquals(out.states.slice(0, 3), [
      `connected: ${relay.address}`,
      `disconnected: the connection to ${relay.address} was lost`,
      "reconnecting",
    ]);
    assertEquals(out.states.at(-1), `connected: ${relay.address}`);
  },
);

natsTest(
  "nats: while the server is away the newest are kept, and what is dropped is counted",
  async () => {
    await using server = await NatsServer.start();
    await using relay = await Relay.to(server.address);
    const [one, other] = [new BridgedHub(), new BridgedHub()];
    await using into = other.bridge(both(server, OFTEN));
    await into.until(isConnected);
    relay.bar();
    await server.kill();
    await using out = one.bridge(
      both(server, { ...OFTEN, servers: relay.address, buffer: { events: 100 } }),
    );
    await out.until(({ states }) => states.length === 1);
    assertMatch(
      out.states[0] ?? "",
      /^disconnected: 127\.0\.0\.1:\d+ cannot be reached: connection refused$/,
    );
    for (let n = 0; n < 1_000; n++) one.publish({ type: "t", payload: String(n) });
    await into.until(({ states }) => states.length > 1);
    await server.restart();
    await into.until(isConnected);
    await relay.unbar();
    await other.until(({ events }) => events.length === 100);
    assertEquals(payloads(other), Array.from({ length: 100 }, (_, n) => String(900 + n)));
    assertEquals(
      one.context.lines.at(-2),
      [
        "dropped: an event did not go out: the server was away for too long (900 so far)",
      ][0],
    );
    assertEquals(
      one.context.lines.at(-1),
      "back: 900 events were dropped while the server was away",
    );
  },
);

natsTest("nats: of a flood that the hub does not take in time the newest are kept", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  const settings = { servers: server.address, subjects: ["a"], buffer: { events: 1_000 } };
  const blocked = Promise.withResolvers<void>();
  hub.blocked = blocked.promise;
  await using play = hub.bridge(settings);
  await play.until(isConnected);
  await using other = await server.client();
  other.client.publish("a", '"first"');
  await play.until(({ found }) => found.length === 1);
  for (let n = 0; n < 5_000; n++) other.client.publish("a", String(n));
  await other.client.flush();
  try {
    await hub.until(({ context }) => context.lines.at(-1)?.endsWith("(4000 so far)") ?? false);
  } finally {
    blocked.resolve();
  }
  await hub.until(({ events }) => events.length === 1_001);
  assertEquals(payloads(hub).slice(0, 2), ['"first"', "4000"]);
  assertEquals(hub.events.at(-1)?.payload, "4999");
});

natsTest("nats: what still waits is sent at the end", async () => {
  await using server = await NatsServer.start();
  const [one, other] = [new BridgedHub(), new BridgedHub()];
  await using out = one.bridge(both(server));
  await using into = other.bridge(both(server));
  await out.until(isConnected);
  await into.until(isConnected);
  for (let n = 0; n < 2_000; n++) one.publish({ type: "t", payload: String(n) });
  await one.until(({ taken }) => taken > 1_000);
  assertEquals(await out.stop(), undefined);
  const { taken } = one;
  await other.until(({ events }) => events.length === taken);
  assertEquals(one.context.lines, []);
});

natsTest("nats: what is left because it was stopped is counted", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge(both(server));
  await play.until(isConnected);
  await server.kill();
  await play.until(({ states }) => states.length > 1);
  for (let n = 0; n < 10; n++) hub.publish({ type: "t", payload: String(n) });
  await hub.until(({ taken }) => taken === 10);
  await play.stop();
  assertEquals(hub.context.lines, [
    "left: 10 events did not go out: the source was stopped before (10 so far)",
  ]);
});

natsTest("nats: the hub's own loss is said", async () => {
  await using server = await NatsServer.start();
  const hub = new BridgedHub();
  await using play = hub.bridge(both(server));
  await play.until(isConnected);
  hub.publish({ type: "t", payload: "1", lost: 7 });
  hub.publish({ type: "t", payload: "2" });
  await hub.until(({ taken }) => taken === 2);
  assertEquals(hub.context.lines, [
    "missed: 7 events did not go out: the hub dropped what it could not pass on in time (7 so far)",
  ]);
});
