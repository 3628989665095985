import { assertEquals } from "@std/assert";
import { headers } from "@nats-io/transport-node";
import { Play } from "../kit.ts";
import { both, isConnected } from "./both_ways.ts";
import { BridgedHub } from "./bridged_hub.ts";
import { NatsServer, natsTest } from "./server.ts";

natsTest(
  "nats: what came in and was left out does not hold back an event with its id",
  async () => {
    await using server = await NatsServer.start();
    await using client = await server.client();
    const hub = new BridgedHub();
    await using play = new Play(
      hub.source(both(server)),
      (finding) => "id" in finding && finding.id === "in" ? "routed" : "filtered",
    );
    await play.until(isConnected);
    const heard: string[] = [];
    const end = Promise.withResolvers<void>();
    client.client.subscribe("bus.>", {
      callback: (_, message) => {
        heard.push(message.headers?.get("Nats-Msg-Id") ?? "");
        if (message.subject === "bus.end") end.resolve();
      },
    });
    await client.client.flush();
    for (const id of ["in", "out"]) {
      const header = headers();
      header.set("Nats-Msg-Id", id);
      client.client.publish("bus.a", "1", { headers: header });
    }
    await play.until(({ found }) => found.length === 2);
    // What became of them is known when it asks for more.
    client.client.publish("bus.a", "2");
    await play.until(({ found }) => found.length === 3);
    for (const id of ["in", "out"]) hub.publish({ type: "a", payload: "3", id });
    hub.publish({ type: "end", payload: "4", id: "end" });
    await end.promise;
    assertEquals(heard, ["out", "end"]);
  },
);
