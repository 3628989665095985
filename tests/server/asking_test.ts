import { assertEquals } from "@std/assert";
import { DrivenClocks } from "./driven_clocks.ts";
import { event, Peer, settle, type TestHost, withHost } from "./kit.ts";

Deno.test("a status_query is answered with the hub's state, then closed", async () => {
  await withHost({ capabilities: ["canonical_metadata_v1"] }, async (host) => {
    await host.join({ pid: 1, event_key: "b", event_types: ["github.>"], subscription_id: "s" });
    const { peer } = await host.join({ pid: 2, event_key: "a", event_types: ["pings", "pings"] });
    await host.pass(1_500);
    await host.publish(event({ event_id: "1" }), event({ event_id: "1" }), event());
    await host.publish(event({ event_type: "nobody" }));
    peer.send({ type: "pre_shutdown_check", event_key: "a" });
    await peer.frame();
    await host.pass(500);

    const { hub_id, hub_version, buffered_bytes, ...status } = await host.status();
    const { EPOCH } = DrivenClocks;
    assertEquals([typeof hub_id, typeof hub_version, buffered_bytes], ["string", "string", 0]);
    assertEquals(status, {
      type: "status_response",
      pid: Deno.pid,
      uptime_sec: 2,
      active_conns: 2,
      consumers: [{
        pid: 1,
        event_key: "b",
        subscription_id: "s",
        event_types: ["github.>"],
        received: 2,
        dropped: 0,
        delivered: 2,
        queued: 0,
        queued_bytes: 0,
        connected_at: EPOCH,
        last_event_at: EPOCH + 1_500,
        leaving: false,
      }, {
        pid: 2,
        event_key: "a",
        event_types: ["pings"],
        received: 0,
        dropped: 0,
        delivered: 0,
        queued: 0,
        queued_bytes: 0,
        connected_at: EPOCH,
        leaving: true,
      }],
      capabilities: ["patterns", "flush", "bye_reason", "sets_up", "canonical_metadata_v1"],
      socket: "/run/user/1000/bus/default.sock",
      sources: [],
      types: [
        { event_type: "github.push", published: 2, last_at: EPOCH + 1_500, consumers: 1 },
        { event_type: "nobody", published: 1, last_at: EPOCH + 1_500, consumers: 0 },
      ],
      published: 3,
      unmatched: 1,
      duplicates: 1,
      refused: 0,
      closing: 0,
      closed: [],
      buffered_limit: 256 << 20,
    });
  });
});

Deno.test("a hub that nobody has asked yet has no consumers, and says so with an empty array", async () => {
  await withHost({}, async (host) => {
    const { consumers, active_conns } = await host.status();
    assertEquals([consumers, active_conns], [[], 0]);
  });
});

Deno.test("a reload without a catalogue changes nothing, and says so", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    peer.send({ type: "reload" });
    assertEquals(await peer.rest(), [
      { type: "reload_ack", ok: false, message: "this hub has no catalogue" },
    ]);
  });
});

for (const type of ["status_query", "reload"]) {
  Deno.test(`a ${type} is answered though its sender sends nothing more`, async () => {
    await withHost({}, async (host) => {
      const peer = host.connect();
      peer.sendBytes(`{"type":"${type}"}\r\n{"type":"bye"`);
      peer.end();
      assertEquals((await peer.rest()).length, 1);
    });
  });

  Deno.test(`what follows a ${type} is not looked at`, async () => {
    await withHost({}, async (host) => {
      const peer = host.connect();
      peer.sendAtOnce({ type }, event(), { type: "shutdown" }, "nonsense");
      assertEquals((await peer.rest()).length, 1);
      assertEquals(host.server.hub.published, 0);
    });
  });
}

/** Stops the hub when it is asked to, as its process does. */
function stopWhenAsked(host: TestHost): Promise<void> {
  return host.server.stopAsked.then(() => host.server.stop());
}

Deno.test("a shutdown is carried out though its sender has gone", async () => {
  await withHost({}, async (host) => {
    const peer = new Peer();
    peer.send({ type: "shutdown" });
    peer.vanish();
    host.connect(peer);
    await stopWhenAsked(host);
  });
});

for (const halfCloses of [false, true]) {
  const how = halfCloses ? "that sends nothing more" : "that stays";
  Deno.test(`the sender of a shutdown ${how} gets no frame, and its close when all is over`, async () => {
    await withHost({}, async (host) => {
      const consumer = await host.consumer("github.>");
      consumer.stall();
      await host.publish(event());
      const asker = host.connect();
      asker.send({ type: "shutdown" });
      if (halfCloses) asker.end();
      const stopped = stopWhenAsked(host);
      await host.pass(1_900);
      assertEquals([asker.isClosed, consumer.isClosed], [false, false]);
      consumer.flow();
      await stopped;
      assertEquals((await consumer.rest()).at(-1), { type: "bye", reason: "stopped" });
      assertEquals(await asker.rest(), []);
    });
  });
}

Deno.test("several may ask for the end; each is closed when all is over", async () => {
  await withHost({}, async (host) => {
    const askers = [host.connect(), host.connect(), host.connect()];
    for (const asker of askers) asker.send({ type: "shutdown" }, { type: "shutdown" });
    const consumer = await host.consumer(">");
    await settle();
    await stopWhenAsked(host);
    assertEquals((await consumer.rest()).map(({ type }) => type), ["bye"]);
    for (const asker of askers) assertEquals(await asker.rest(), []);
  });
});
