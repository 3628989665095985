import { assert, assertEquals } from "@std/assert";
import { Channel } from "../../lib/hub/channel.ts";
import { Ledger } from "../../lib/hub/ledger.ts";
import { Crowd } from "../../lib/hub/pace.ts";
import { RoutedEvent } from "../../lib/hub/routed_event.ts";
import { BATCH_BYTES, LEAST_BATCH_BYTES } from "../../lib/server/limits.ts";
import { WakingClock } from "../../lib/server/waking_clock.ts";
import { Outflow, Writer } from "../../lib/server/writer.ts";
import { DrivenClocks } from "./driven_clocks.ts";
import { event, Peer, settle, type TestHost, until, withHost } from "./kit.ts";

function filler(bytes: number) {
  return event({ payload: "x".repeat(bytes) });
}

/** A consumer that has taken its ack and no more, with an event on its way to it. */
async function stuckConsumer(host: TestHost, peer = new Peer()): Promise<Peer> {
  await host.join({ event_key: "stuck", event_types: ["github.push"] }, peer);
  peer.stall();
  await host.publish(event());
  await settle();
  return peer;
}

Deno.test("a writer has one write out; what comes meanwhile goes with the next", async () => {
  await withHost({}, async (host) => {
    const consumer = await stuckConsumer(host);
    const before = consumer.writes;
    for (let i = 0; i < 100; i++) await host.publish(event());
    consumer.flow();
    assertEquals((await consumer.frames(101)).at(-1)?.seq, 101);
    assertEquals(consumer.writes - before, 2);
  });
});

Deno.test("events that come in one turn go out in one write", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const before = consumer.writes;
    await host.publish(...new Array(500).fill(event()));
    assertEquals((await consumer.frames(500)).at(-1)?.seq, 500);
    assert(consumer.writes - before < 5, `${consumer.writes - before} writes`);
  });
});

Deno.test("a writer goes on where the system stopped taking, byte by byte if need be", async () => {
  await withHost({}, async (host) => {
    const consumer = host.connect();
    consumer.stall();
    consumer.sendAtOnce(
      { type: "hello", event_key: "k", event_types: ["github.>"] },
      { type: "pre_shutdown_check", event_key: "other" },
    );
    await host.publish(event({ payload: "é€😀" }), event());
    for (let i = 0; i < 1_000; i++) {
      consumer.take(1);
      await settle(1);
    }
    const types = (await consumer.whatCame()).map(({ type }) => type);
    assertEquals(types, ["hello_ack", "pre_shutdown_ack", "event", "event"]);
  });
});

Deno.test("an answer goes between two frames, ahead of the events that wait", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publisher = await host.publisher();
    for (let i = 0; i < 10; i++) publisher.send(filler(BATCH_BYTES / 2));
    await host.pass(1_000);
    consumer.take(1_000);
    consumer.send({ type: "pre_shutdown_check", event_key: "other" });
    await settle();
    consumer.flow();
    const types = (await consumer.frames(11)).map(({ type }) => type);
    const place = types.indexOf("pre_shutdown_ack");
    assert(place > 0 && place < 4, `the answer came as frame ${place + 1}`);
  });
});

Deno.test("a peer of which nothing is reported for 5 s is closed as slow, the others are not", async () => {
  await withHost({}, async (host) => {
    const beside = await host.consumer("github.push");
    const consumer = await stuckConsumer(host);
    await host.pass(4_900);
    assertEquals(consumer.isClosed, false);
    await host.pass(400);
    assertEquals(consumer.isClosed, true);
    assertEquals(await consumer.rest(), []);
    await host.publish(event());
    assertEquals((await beside.frames(2)).map(({ seq }) => seq), [1, 2]);
    const { closed = [], closing } = await host.status();
    assertEquals(
      closed.map(({ reason, received, delivered, queued }) => ({
        reason,
        received,
        delivered,
        queued,
      })),
      [{ reason: "slow", received: 1, delivered: 0, queued: 1 }],
    );
    assertEquals(closing, 0);
    assertEquals(host.log, ['consumer closed: reason=slow event_key="stuck" pid=4711']);
  });
});

Deno.test("a write's deadline is counted anew whenever a part is taken", async () => {
  await withHost({}, async (host) => {
    const consumer = await stuckConsumer(host);
    for (let round = 0; round < 10; round++) {
      await host.pass(4_900);
      consumer.take(1);
    }
    assertEquals(consumer.isClosed, false);
    await host.pass(5_400);
    assertEquals(consumer.isClosed, true);
    assertEquals((await host.status()).closed?.[0]?.reason, "slow");
  });
});

Deno.test("a peer with nothing to take has no deadline", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    await host.pass(60_000);
    consumer.flow();
    await host.publish(event());
    assertEquals((await consumer.frame()).seq, 1);
  });
});

Deno.test("a write's deadline is looked at twice: what was taken meanwhile counts", async () => {
  await withHost({}, async (host) => {
    const consumer = await stuckConsumer(host);
    await host.pass(4_980);
    host.clocks.setTo(host.clocks.monotonic() + 300);
    host.clocks.ring();
    consumer.take(1);
    await host.pass(1_000);
    assertEquals(consumer.isClosed, false);
  });
});

Deno.test("a hub that slept holds no write's deadline against anybody", async () => {
  await withHost({}, async (host) => {
    const consumer = await stuckConsumer(host);
    await host.pass(3_000);
    await host.sleep(60_000);
    await host.pass(1_900);
    assertEquals(consumer.isClosed, false);
    await host.pass(500);
    assertEquals(consumer.isClosed, true);
  });
});

Deno.test("a publisher that takes no answers for 5 s is closed", async () => {
  await withHost({}, async (host) => {
    const publisher = await host.publisher();
    publisher.stall();
    publisher.send(event(), { type: "flush", id: 1 });
    await host.pass(5_400);
    assertEquals(publisher.isClosed, true);
    assertEquals(host.server.hub.published, 1);
  });
});

Deno.test("the last words have the same deadline", async () => {
  await withHost({}, async (host) => {
    const peer = host.connect();
    peer.stall();
    peer.send("nonsense");
    await host.pass(4_900);
    assertEquals(peer.isClosed, false);
    await host.pass(500);
    assertEquals(peer.isClosed, true);
  });
});

Deno.test("a slow one is gone at the deadline, though the system keeps its write for longer", async () => {
  await withHost({}, async (host) => {
    const peer = await stuckConsumer(host, new Peer({ holdsWrites: true }));
    await host.pass(5_400);
    assertEquals(peer.isClosed, true);
    const { closing, active_conns, buffered_bytes } = await host.status();
    assertEquals({ closing, active_conns }, { closing: 1, active_conns: 0 });
    assert(Number(buffered_bytes) > 0, "the batch that the system still has is held");
    const { ack } = await host.join({ event_key: "stuck" });
    assertEquals(ack.first_for_key, true);
    peer.vanish();
    await settle();
    assertEquals((await host.status()).closing, 0);
  });
});

Deno.test("Writer.say() charges a frame until it is taken, or until nothing can be said", async () => {
  const ledger = new Ledger(1 << 20);
  const clock = new WakingClock(new DrivenClocks());
  for (const end of ["taken", "failed", "abandoned"]) {
    const peer = new Peer();
    peer.stall();
    const writer = new Writer(peer.ends, new Outflow(ledger, () => 1), clock);
    writer.say({ type: "bye", reason: "stopped" });
    await settle();
    assertEquals([ledger.used, writer.unreadBytes], [34, 34]);
    assertEquals([writer.isWriting, writer.isOver], [true, false]);
    if (end === "taken") peer.flow();
    else if (end === "failed") peer.vanish();
    else writer.abandon();
    await writer.quiet();
    await writer.unreadBelow(0);
    assertEquals([ledger.used, writer.unreadBytes, writer.isOver], [0, 0, end !== "taken"]);
    if (writer.isOver) writer.say({ type: "bye" });
    await writer.quiet();
    assertEquals(ledger.used, 0);
    peer.vanish();
    await writer.returned();
  }
});

Deno.test("Writer.say() is heard, in whichever moment of another write it comes", async () => {
  const ledger = new Ledger(1 << 20);
  for (let moment = 0; moment < 20; moment++) {
    const peer = new Peer();
    const clock = new WakingClock(new DrivenClocks());
    const writer = new Writer(peer.ends, new Outflow(ledger, () => 1), clock);
    writer.say({ type: "bye", reason: "first" });
    await until(() => peer.writes === 1, "the first write");
    for (let tick = 0; tick < moment; tick++) await Promise.resolve();
    writer.say({ type: "bye", reason: "second" });
    await writer.quiet();
    assertEquals((await peer.frames(2)).map(({ reason }) => reason), ["first", "second"]);
    assertEquals(ledger.used, 0);
  }
});

Deno.test("Writer.wake() is heard, in whichever moment of another write it comes", async () => {
  const ledger = new Ledger(1 << 20);
  for (let moment = 0; moment < 20; moment++) {
    const peer = new Peer();
    const clock = new WakingClock(new DrivenClocks());
    const writer = new Writer(peer.ends, new Outflow(ledger, () => 1), clock);
    const channel = new Channel({ events: 10, bytes: 1 << 20 }, ledger, new Crowd(clock));
    writer.attach(channel);
    const push = () => {
      channel.push(new RoutedEvent(new TextEncoder().encode('{"payload":1'), ledger));
      writer.wake();
    };
    push();
    await until(() => peer.writes === 1, "the first write");
    for (let tick = 0; tick < moment; tick++) await Promise.resolve();
    push();
    await writer.quiet();
    assertEquals((await peer.frames(2)).map(({ seq }) => seq), [1, 2]);
    assertEquals(ledger.used, 0);
  }
});

Deno.test("Outflow.batchBytes() keeps all batches within a quarter of the memory", () => {
  const outflow = (consumers: number) => new Outflow(new Ledger(8 << 20), () => consumers);
  assertEquals(outflow(0).batchBytes, BATCH_BYTES);
  assertEquals(outflow(32).batchBytes, BATCH_BYTES);
  assertEquals(outflow(64).batchBytes, BATCH_BYTES / 2);
});

Deno.test("Outflow.batchBytes() gets less as stuck writes come to half of the memory, never nothing", () => {
  const ledger = new Ledger(8 << 20);
  const outflow = new Outflow(ledger, () => 1);
  let writes = 0;
  for (; outflow.batchBytes > LEAST_BATCH_BYTES; writes++) ledger.chargeWrite(outflow.batchBytes);
  assert(ledger.used <= 4 << 20);
  assert(ledger.used > (4 << 20) - 4 * LEAST_BATCH_BYTES);
  assert(writes > 60);
  ledger.chargeWrite(1 << 20);
  assertEquals(outflow.batchBytes, LEAST_BATCH_BYTES);
});

Deno.test("Writer finishes a frame that goes out in pieces before it says anything else", async () => {
  const ledger = new Ledger(1 << 20);
  const clock = new WakingClock(new DrivenClocks());
  const peer = new Peer();
  peer.stall();
  const writer = new Writer(peer.ends, new Outflow(ledger, () => 1), clock);
  const channel = new Channel({ events: 10, bytes: 1 << 20 }, ledger, new Crowd(clock));
  writer.attach(channel);
  const payload = "x".repeat(3 * BATCH_BYTES);
  channel.push(new RoutedEvent(new TextEncoder().encode(`{"payload":"${payload}"`), ledger));
  writer.wake();
  await settle();
  writer.say({ type: "bye", reason: "stopped" });
  channel.discard();
  peer.flow();
  await writer.quiet();
  const frames = await peer.frames(2);
  assertEquals(frames.map(({ type, seq }) => type ?? seq), [1, "bye"]);
  assertEquals(String(frames[0]?.payload).length, payload.length);
  assertEquals(ledger.used, 0);
});

Deno.test("Writer.abandon() gives back an event of which a piece is out", async () => {
  const ledger = new Ledger(1 << 20);
  const clock = new WakingClock(new DrivenClocks());
  const peer = new Peer();
  peer.stall();
  const writer = new Writer(peer.ends, new Outflow(ledger, () => 1), clock);
  const channel = new Channel({ events: 10, bytes: 1 << 20 }, ledger, new Crowd(clock));
  writer.attach(channel);
  channel.push(new RoutedEvent(new Uint8Array(3 * BATCH_BYTES).fill(0x20), ledger));
  writer.wake();
  await settle();
  assert(ledger.used > 4 * BATCH_BYTES);
  writer.abandon();
  assertEquals([ledger.used, channel.queued], [BATCH_BYTES, 1]);
  peer.vanish();
  await writer.returned();
  assertEquals(ledger.used, 0);
});
