import { assertEquals } from "@std/assert";
import { event, hello, Peer, settle, withHost } from "./kit.ts";

const UP = { source: "github", state: "connected", detail: "listening" } as const;

Deno.test("a source's change is told to those who consume, and to nobody else", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("a");
    const publisher = await host.publisher();
    host.server.announce(UP);
    assertEquals(await consumer.frame(), { type: "source_status", ...UP });
    await settle();
    assertEquals(publisher.hasLine, false);
  });
});

Deno.test("how the sources are stands in each ack and in the status", async () => {
  await withHost({}, async (host) => {
    host.server.upstream = {
      infos: [UP],
      catalogue: "/etc/bus.json",
      reload: () => Promise.resolve(undefined),
    };
    const { ack } = await host.join({ event_types: ["a"] });
    assertEquals([ack.sources, ack.config], [[UP], "/etc/bus.json"]);
    const status = await host.status();
    assertEquals([status.sources, status.config], [[UP], "/etc/bus.json"]);
  });
});

Deno.test("a consumer whose channel is full is not told, and goes on with its events", async () => {
  await withHost({ channelEvents: 4 }, async (host) => {
    const consumer = await host.consumer("a");
    consumer.stall();
    const published = host.publish(...Array.from({ length: 20 }, () => event({ event_type: "a" })));
    await host.pass(1_000);
    await published;
    host.server.announce(UP);
    consumer.flow();
    await settle();
    const types = (await consumer.whatCame()).map(({ type }) => type);
    assertEquals(types.includes("source_status"), false);
    assertEquals(types.includes("event"), true);
  });
});

Deno.test("a consumer that reads nothing is not told more and more", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("a");
    consumer.stall();
    for (let n = 0; n < 5_000; n++) host.server.announce({ ...UP, detail: "x".repeat(400) });
    await settle();
    const { buffered_bytes = Infinity } = await host.status();
    assertEquals(buffered_bytes < 200 * 1024, true, `${buffered_bytes} bytes`);
  });
});

Deno.test("the catalogue is read anew when somebody asks, and the answer says what came of it", async () => {
  await withHost({}, async (host) => {
    const ask = async () => {
      const peer = host.connect(new Peer());
      peer.send({ type: "reload" });
      return await peer.rest();
    };
    const none = { type: "reload_ack", ok: false, message: "this hub has no catalogue" };
    assertEquals(await ask(), [none]);
    let refusal: string | undefined = "FILE:2: keys.a has no types";
    host.server.upstream = {
      infos: [],
      catalogue: "FILE",
      reload: () => Promise.resolve(refusal),
    };
    assertEquals(await ask(), [{ type: "reload_ack", ok: false, message: refusal }]);
    refusal = undefined;
    assertEquals(await ask(), [{ type: "reload_ack", ok: true }]);
  });
});

Deno.test("a key that takes one consumer at a time rejects a second, until the first leaves", async () => {
  await withHost({}, async (host) => {
    host.server.hub.takeOneAt(new Set(["k"]));
    const join = (event_key: string) => host.join({ event_key, event_types: ["a"] });
    const { peer } = await join("k");
    const { ack } = await join("k");
    assertEquals([ack.rejected, ack.reject_code, ack.reject_reason], [
      true,
      "single",
      "this key takes one consumer at a time, and has one",
    ]);
    assertEquals((await join("other")).ack.rejected, undefined);
    assertEquals((await join("other")).ack.rejected, undefined);
    // Who is about to leave makes room: the next one waits for its cleanup.
    peer.send({ type: "pre_shutdown_check", event_key: "k" });
    assertEquals(await peer.frame(), { type: "pre_shutdown_ack", last_for_key: true });
    const next = host.connect(new Peer());
    next.send(hello({ event_key: "k", event_types: ["a"] }));
    await settle();
    assertEquals(next.hasLine, false);
    assertEquals((await join("k")).ack.reject_code, "single");
    peer.end();
    assertEquals((await next.frame()).first_for_key, true);
  });
});
