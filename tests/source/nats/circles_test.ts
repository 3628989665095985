import { assertEquals } from "@std/assert";
import { both, isConnected } from "./both_ways.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { NatsServer, natsTest } from "./server.ts";

natsTest("nats: between three hubs nothing goes round in circles", async () => {
  await using server = await NatsServer.start();
  const hubs = [new BridgedHub("a"), new BridgedHub("b"), new BridgedHub("c")];
  const plays = hubs.map((hub) => hub.bridge(both(server)));
  await using _plays = {
    async [Symbol.asyncDispose]() {
      await Promise.all(plays.map((play) => play.stop()));
    },
  };
  await Promise.all(plays.map((play) => play.until(isConnected)));
  await using spy = await server.client();
  let messages = 0;
  spy.client.subscribe("bus.>", { callback: () => void messages++ });
  await spy.client.flush();
  const publish = (count: number) => {
    for (const { publish, context } of hubs) {
      for (let n = 0; n < count; n++) publish({ type: "t", payload: `"${context.name}${n}"` });
    }
  };
  publish(100);
  await Promise.all(hubs.map((hub) => hub.until(({ events }) => events.length === 300)));
  // What had gone round would be before these.
  publish(1);
  await Promise.all(hubs.map((hub) => hub.until(({ events }) => events.length >= 303)));
  await spy.client.flush();
  assertEquals(messages, 303);
  for (const hub of hubs) {
    assertEquals(hub.events.length, 303);
    assertEquals(hub.duplicates, 0);
  }
});
