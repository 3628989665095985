import { jetstreamManager } from "@nats-io/jetstream";
import { assertEquals } from "@std/assert";
import { widest } from "../../../lib/source/nats/subjects.ts";
import { both, isConnected } from "./both_ways.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { NatsServer, natsTest } from "./server.ts";

Deno.test("subjects: of those that overlap the widest is enough", () => {
  assertEquals(widest(["k.>", "k.a.>", "k.b", "k.>"]), ["k.>"]);
  assertEquals(widest(["a.*", "a.>", "b.*", "b.c"]), ["a.>", "b.*"]);
  assertEquals(widest(["a.*", "a.b.>", "a"]), ["a.*", "a.b.>", "a"]);
});

natsTest("nats: two hubs with the same durable are told so", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  await using client = await server.client();
  const { streams } = await jetstreamManager(client.client);
  await streams.add({ name: "BUS", subjects: ["bus.>"] });
  const [one, other] = [new BridgedHub(), new BridgedHub()];
  const settings = both(server, { jetstream: { stream: "BUS", durable: "same" } });
  await using first = one.bridge(settings);
  await using second = other.bridge(settings);
  await first.until(isConnected);
  await second.until(isConnected);
  const said = () => [...one.context.lines, ...other.context.lines];
  for (let n = 0; n < 5_000 && said().length === 0; n++) {
    one.publish({ type: "t", payload: String(n) });
    await client.client.flush();
  }
  assertEquals(
    said()[0],
    "message: a message was left out, it has this hub's origin but is not from here: another hub has the same jetstream.durable (1 so far)",
  );
});

natsTest("nats: a subject that the stream keeps only later goes out then", async () => {
  await using server = await NatsServer.start({ jetstream: true });
  await using client = await server.client();
  const { streams } = await jetstreamManager(client.client);
  await streams.add({ name: "BUS", subjects: ["bus.a"] });
  const hub = new BridgedHub();
  await using play = hub.bridge({
    servers: server.address,
    prefix: "bus",
    publish: true,
    jetstream: { stream: "BUS" },
  });
  await play.until(isConnected);
  await streams.update("BUS", { subjects: ["bus.a", "bus.b"] });
  hub.publish({ type: "b", payload: "1" });
  for (let kept = 0; kept === 0;) {
    assertEquals(hub.context.lines, []);
    kept = (await streams.info("BUS")).state.messages;
  }
});
