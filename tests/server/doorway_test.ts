import { assertEquals, assertMatch } from "@std/assert";
import { event, hello, Peer, type Received, settle, type TestHost, withHost } from "./kit.ts";

const LIMIT = 3;

/** Ordinary places and those of the reserve. */
const PLACES = LIMIT + 8;

/** A hub all of whose places are taken. */
async function packed(host: TestHost): Promise<{ consumer: Peer; silent: Peer[] }> {
  const consumer = await host.consumer("github.>");
  for (let i = 1; i < LIMIT; i++) await host.consumer("github.>");
  const silent = Array.from({ length: PLACES - LIMIT }, () => host.connect());
  await settle();
  assertEquals(host.server.connections, PLACES);
  return { consumer, silent };
}

/** One that comes to the door; the next one is let in when the hub wants one. */
function comes(host: TestHost, peer = new Peer()): Peer {
  host.door.let(peer.ends);
  return peer;
}

/** The one frame of a connection that is closed. */
async function only(peer: Peer): Promise<Received> {
  const [answer = {}, ...more] = await peer.rest();
  assertEquals(more, []);
  return answer;
}

Deno.test("beyond the reserve of 8 a question is answered", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await packed(host);
    const asker = new Peer();
    asker.send({ type: "status_query" });
    const answer = await only(comes(host, asker));
    assertEquals([answer.type, answer.active_conns], ["status_response", LIMIT]);
    assertEquals(host.server.connections, PLACES);
    assertEquals(host.log.length, 1);
    assertMatch(host.log[0] ?? "", /^no place is left: 11 are open$/);

    await host.pass(5);
    const late = comes(host);
    await host.pass(9);
    late.send({ type: "reload" });
    assertEquals((await only(late)).type, "reload_ack");
  });
});

Deno.test("beyond the reserve of 8 a shutdown stops the hub", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    const { silent } = await packed(host);
    const asker = new Peer();
    asker.send({ type: "shutdown" });
    comes(host, asker);
    await host.server.stopAsked;
    const stopped = host.server.stop();
    await host.pass(1_000);
    await stopped;
    assertEquals(await asker.rest(), []);
    for (const peer of silent) assertEquals((await only(peer)).code, "stopped");
  });
});

for (
  const [what, frame, type, code] of [
    ["a hello", hello(), "hello_ack", "reject_code"],
    ["an event", event(), "error", "code"],
    ["a flush", { type: "flush", id: 1 }, "error", "code"],
    ["nonsense", "nonsense", "error", "code"],
  ] as const
) {
  Deno.test(`beyond the reserve of 8 ${what} is refused with limit, at once`, async () => {
    await withHost({ maxConnections: LIMIT }, async (host) => {
      const { consumer } = await packed(host);
      const peer = new Peer();
      peer.send(frame);
      const answer = await only(comes(host, peer));
      assertEquals([answer.type, answer[code]], [type, "limit"]);
      assertEquals(await consumer.whatCame(), []);
    });
  });
}

Deno.test("beyond the reserve of 8 who says nothing is refused after 10 ms, the next after 2", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await packed(host);
    const first = comes(host);
    first.sendBytes('{"type":"status_query"');
    await host.pass(9);
    assertEquals([first.isClosed, host.server.connections], [false, PLACES + 1]);
    await host.pass(1);
    const { type, code } = await only(first);
    assertEquals([type, code], ["error", "limit"]);

    for (let i = 0; i < 3; i++) {
      const next = comes(host);
      await host.pass(1);
      assertEquals(next.isClosed, false);
      await host.pass(1);
      assertEquals((await only(next)).code, "limit");
    }
    await host.pass(5);
    const alone = comes(host);
    await host.pass(9);
    assertEquals(alone.isClosed, false);
    await host.pass(1);
    assertEquals(alone.isClosed, true);
    assertEquals(host.server.connections, PLACES);
  });
});

Deno.test("a hub that slept hears who has spoken meanwhile", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await packed(host);
    const peer = comes(host);
    await settle();
    peer.send({ type: "reload" });
    await host.sleep(500);
    assertEquals((await only(peer)).type, "reload_ack");
  });
});

Deno.test("the next one comes in when the last one is out, or has not been for 100 ms", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await packed(host);
    const slow = new Peer();
    slow.stall();
    slow.send({ type: "status_query" });
    comes(host, slow);
    await settle();
    const waiting = host.door.accepts;
    await host.pass(99);
    assertEquals([slow.isClosed, host.door.accepts], [false, waiting]);
    await host.pass(1);
    assertEquals([slow.isClosed, host.door.accepts], [false, waiting + 1]);
    // Nobody needs its place yet.
    slow.take(10);
    await host.pass(100);
    assertEquals([slow.isClosed, host.server.connections], [false, PLACES + 1]);
    const next = new Peer();
    next.send({ type: "reload" });
    assertEquals((await only(comes(host, next))).type, "reload_ack");
    assertEquals([slow.isClosed, host.server.connections], [true, PLACES]);
  });
});

Deno.test("who has not taken its answer keeps the doorway's room once a place is free", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    const { silent } = await packed(host);
    const slow = new Peer();
    slow.stall();
    slow.send({ type: "reload" });
    comes(host, slow);
    await host.pass(100);
    for (const peer of silent.slice(0, 2)) peer.vanish();
    await settle();
    const next = new Peer();
    next.send({ type: "reload" });
    assertEquals((await only(comes(host, next))).type, "reload_ack");
    slow.flow();
    assertEquals((await only(slow)).type, "reload_ack");
  });
});

Deno.test("where the system holds the one that was cut the next is told at once, unheard", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await packed(host);
    const slow = new Peer({ holdsWrites: true });
    slow.stall();
    slow.send({ type: "status_query" });
    comes(host, slow);
    await host.pass(100);
    for (let i = 0; i < 3; i++) {
      const next = new Peer();
      next.send({ type: "reload" });
      assertEquals((await only(comes(host, next))).code, "limit");
      assertEquals(host.server.connections, PLACES);
      await settle();
    }
    const deaf = new Peer();
    deaf.goDeaf();
    assertEquals(await comes(host, deaf).rest(), []);
    await settle();
    slow.vanish();
    await settle();
    const next = new Peer();
    next.send({ type: "reload" });
    assertEquals((await only(comes(host, next))).type, "reload_ack");
  });
});

Deno.test("a place that is free again is given to the next one", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    const { consumer, silent } = await packed(host);
    consumer.send({ type: "bye" });
    await settle();
    const asker = comes(host);
    await host.pass(20);
    assertEquals(asker.isClosed, false, "it stands in the reserve");
    for (const peer of [asker, ...silent]) peer.vanish();
    await settle();
    assertEquals((await host.join({})).ack.rejected, undefined);
  });
});
