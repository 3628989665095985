import { assertEquals } from "@std/assert";
import type { Msg, MsgCallback, NatsConnection, Subscription } from "@nats-io/transport-node";
import { CoreInbound } from "../../../lib/source/nats/inbound.ts";
import type { NatsMessages } from "../../../lib/source/nats/messages.ts";

/** An inbound of core NATS at a server that a test plays, and what it logs. */
function inbound(events: number) {
  const log: string[] = [];
  let bring: MsgCallback<Msg> = () => {};
  const client: Pick<NatsConnection, "subscribe"> = {
    subscribe(_subject, { callback = () => {} } = {}) {
      bring = callback;
      return { unsubscribe: () => bring = () => {} } as unknown as Subscription;
    },
  };
  const messages = { finding: ({ subject }: Msg) => ({ payload: "1", type: subject }) };
  const own = new CoreInbound(client as NatsConnection, { count: events, bytes: 1e6 }, {
    subjects: ["a.>"],
    messages: messages as unknown as NatsMessages,
    context: { log: (_cause, text) => void log.push(text) },
    onArrival: () => {},
    onFailure: () => {},
  });
  const come = (...subjects: string[]) => {
    for (const subject of subjects) {
      bring(null, { subject, data: new Uint8Array(1) } as unknown as Msg);
    }
  };
  return { own, come, log };
}

Deno.test("CoreInbound hands out what has come, in order, and says nothing of it at its end", async () => {
  const { own, come, log } = inbound(10);
  come("a.1", "b.1", "a.2");
  const types = own.take().map(({ finding }) => "type" in finding && finding.type);
  await own.close();
  assertEquals([types, log], [["a.1", "a.2"], []]);
});

Deno.test("CoreInbound says how many it dropped, and how many still waited at its end", async () => {
  const { own, come, log } = inbound(2);
  come("a.1", "a.2", "a.3");
  await own.close();
  come("a.4");
  assertEquals(log, [
    "dropped 1 message: the hub was too slow (1 so far)",
    "left: 2 messages that waited",
  ]);
});
