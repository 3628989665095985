import { jetstreamManager } from "@nats-io/jetstream";
import { assertEquals } from "@std/assert";
import type { NatsSettings } from "../../../lib/source/nats.ts";
import type { Play } from "../kit.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { both, isConnected, payloads } from "./both_ways.ts";
import { NatsServer, natsTest } from "./server.ts";

/** Bridges that are connected. */
class Bridges implements AsyncDisposable {
  private constructor(private readonly plays: readonly Play[]) {}

  static async of(hub: BridgedHub, ...all: Omit<NatsSettings, "kind">[]): Promise<Bridges> {
    const plays = all.map((settings) => hub.bridge(settings));
    await Promise.all(plays.map((play) => play.until(isConnected)));
    return new Bridges(plays);
  }

  get found(): string[] {
    return this.plays.flatMap(({ findings }) => findings.map(({ payload }) => payload));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.plays.map((play) => play.stop()));
  }
}

natsTest("nats: one source in and another out, and nothing comes back or goes round", async () => {
  await using server = await NatsServer.start();
  const [hub, other] = [new BridgedHub(), new BridgedHub()];
  const shared = { servers: server.address, prefix: "bus" };
  await using facing = await Bridges.of(
    hub,
    { ...shared, subjects: ["bus.>"] },
    { ...shared, publish: true },
  );
  await using _other = await Bridges.of(other, both(server));
  await using spy = await server.client();
  let messages = 0;
  spy.client.subscribe("bus.>", { callback: () => void messages++ });
  await spy.client.flush();
  for (const id of ["one", undefined]) hub.publish({ type: "a", payload: "1", id });
  for (const id of ["two", undefined]) other.publish({ type: "a", payload: "2", id });
  // It knows no origin, and gives no id.
  spy.client.publish("bus.a", "3");
  await hub.until(({ events }) => events.length === 5);
  await other.until(({ events }) => events.length === 5);
  hub.publish({ type: "end", payload: "4" });
  await other.until(({ events }) => events.length === 6);
  await spy.client.flush();
  assertEquals(payloads(hub).toSorted(), ["1", "1", "2", "2", "3", "4"]);
  assertEquals(payloads(other).toSorted(), ["1", "1", "2", "2", "3", "4"]);
  assertEquals([facing.found.length, hub.duplicates, other.duplicates], [3, 0, 0]);
  // What the spy has sent it hears no more itself.
  assertEquals(messages, 5);
});

natsTest("nats: with core and JetStream on the same subjects nothing comes back", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  await using client = await server.client();
  const { streams } = await jetstreamManager(client.client);
  await streams.add({ name: "BUS", subjects: ["bus.>"] });
  const hub = new BridgedHub();
  const jetstream = { stream: "BUS", durable: "one" };
  await using bridges = await Bridges.of(hub, both(server), both(server, { jetstream }));
  for (let n = 0; n < 10; n++) hub.publish({ type: "a", payload: String(n) });
  for (let messages = 0; messages < 20;) {
    messages = (await streams.info("BUS")).state.messages;
  }
  client.client.publish("bus.a", '"end"');
  await hub.until(({ events }) => events.filter(({ payload }) => payload === '"end"').length > 1);
  // By each of the bridges, since it has no id.
  assertEquals([hub.events.length, bridges.found.length], [12, 2]);
});

natsTest("nats: in a ring of two hubs and two servers no event comes back", async () => {
  await using left = await NatsServer.start();
  await using right = await NatsServer.start();
  const [hub, other] = [new BridgedHub(), new BridgedHub()];
  await using bridges = await Bridges.of(hub, both(left), both(right));
  await using _others = await Bridges.of(other, both(left), both(right));
  hub.publish({ type: "a", payload: "1" });
  hub.publish({ type: "a", payload: "2", id: "two" });
  await other.until(({ events, duplicates }) => events.length + duplicates === 4);
  other.publish({ type: "end", payload: "3", id: "three" });
  // By both servers, and what had come back would be before it.
  await hub.until(() => bridges.found.filter((payload) => payload === "3").length > 1);
  assertEquals(payloads(hub), ["1", "2", "3"]);
  assertEquals(bridges.found.includes("1"), false);
});

natsTest("nats: a hub with two sources passes on from one server to another", async () => {
  await using left = await NatsServer.start();
  await using right = await NatsServer.start();
  const [one, middle, other] = [new BridgedHub(), new BridgedHub(), new BridgedHub()];
  await using _one = await Bridges.of(one, both(left));
  await using _middle = await Bridges.of(middle, both(left), both(right));
  await using _other = await Bridges.of(other, both(right));
  one.publish({ type: "a", payload: "1" });
  other.publish({ type: "a", payload: "2" });
  for (const hub of [one, middle, other]) {
    await hub.until(({ events }) => events.length === 2);
    assertEquals(payloads(hub).toSorted(), ["1", "2"]);
  }
});
