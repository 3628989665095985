import { jetstreamManager } from "@nats-io/jetstream";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { both, isConnected, payloads } from "./both_ways.ts";
import { NatsServer, natsTest } from "./server.ts";

natsTest("nats: what is published between two runs goes out with the next one", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  await using client = await server.client();
  const { streams } = await jetstreamManager(client.client);
  const hub = new BridgedHub();
  const source = hub.source({
    servers: server.address,
    prefix: "bus",
    publish: true,
    jetstream: { stream: "BUS" },
  });
  const over = new AbortController();
  const first = source.run(over.signal);
  await assertRejects(() => first.next(), BusError, "there is no stream BUS");
  for (const payload of ["1", "2"]) hub.publish({ type: "t", payload });
  await hub.until(({ taken }) => taken === 2);
  await streams.add({ name: "BUS", subjects: ["bus.>"] });
  const second = source.run(over.signal);
  await second.next();
  hub.publish({ type: "t", payload: "3" });
  await hub.until(({ taken }) => taken === 3);
  over.abort();
  assertEquals((await second.next()).done, true);
  const kept = await Promise.all([1, 2, 3].map((seq) => streams.getMessage("BUS", { seq })));
  assertEquals(kept.map((message) => message?.string()), ["1", "2", "3"]);
  assertEquals(hub.context.lines, []);
});

natsTest(
  "nats: while the server stands still the hub is read on, and each event arrives or is counted",
  async () => {
    await using server = await NatsServer.start();
    const [one, other] = [new BridgedHub(), new BridgedHub()];
    await using into = other.bridge(both(server));
    await using out = one.bridge(both(server, { buffer: { events: 100 } }));
    await into.until(isConnected);
    await out.until(isConnected);
    await server.freeze();
    const COUNT = 3_000;
    for (let n = 0; n < COUNT; n++) one.publish({ type: "t", payload: String(n) });
    await one.until(({ taken }) => taken === COUNT);
    server.thaw();
    await other.until(({ events }) => events.at(-1)?.payload === String(COUNT - 1));
    const last = one.context.lines.at(-1) ?? "";
    const [, dropped] =
      /^dropped: an event did not go out: the server was too slow \((\d+) so far\)$/.exec(last) ??
        [];
    assertEquals(other.events.length + Number(dropped), COUNT);
    assert(payloads(other).length >= 100);
  },
);
