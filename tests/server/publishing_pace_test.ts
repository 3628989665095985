import { assert, assertEquals } from "@std/assert";
import { event, type Peer, settle, type TestHost, withHost } from "./kit.ts";

/** Events of 1,000 bytes, as they come from one who sends at full speed. */
function bulky(count: number): string[] {
  const line = `${JSON.stringify(event({ payload: "x".repeat(900) }))}\n`;
  return new Array<string>(count / 50).fill(line.repeat(50));
}

async function seqs(consumer: Peer): Promise<number[]> {
  return (await consumer.whatCame()).filter(({ type }) => type === "event").map(({ seq }) =>
    Number(seq)
  );
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** A publisher from which the next read takes as much as it can: one before it was full. */
async function fastPublisher(host: TestHost): Promise<Peer> {
  const publisher = await host.publisher();
  publisher.send(event({ event_type: "prelude", payload: "x".repeat(2_000) }));
  await settle();
  return publisher;
}

Deno.test("more events in one read than a channel holds cost a consumer that reads none", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("a");
    const publisher = await fastPublisher(host);
    const line = '{"type":"event","event_type":"a","payload":1}\n';
    publisher.sendBytes(line.repeat(1_060));
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).matched, 1_060);
    assertEquals(publisher.largestRead, 1_060 * line.length);
    assertEquals(await seqs(consumer), upTo(1_060));
    assertEquals((await host.status()).consumers[0]?.dropped, 0);
  });
});

Deno.test("a publisher waits for one that is behind and takes something every 100 ms", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publisher = await host.publisher();
    publisher.sendBytes(...bulky(3_000));
    // It reads 10 KB each 90 ms, less than any channel would bear of a publisher at full speed.
    for (let round = 0; round < 40; round++) {
      await host.pass(90);
      const [{ queued_bytes = 0, dropped } = { dropped: -1 }] = (await host.status()).consumers;
      assertEquals(dropped, 0);
      assert(queued_bytes <= (64 << 10) + 1_100, `${queued_bytes} bytes wait`);
      consumer.take(10_000);
    }
    assert(publisher.unread > 2_000_000);
    consumer.flow();
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).matched, 3_000);
    assertEquals(await seqs(consumer), upTo(3_000));
  });
});

Deno.test("a publisher does not wait for one that takes nothing; the others get everything", async () => {
  await withHost({}, async (host) => {
    const stuck = await host.consumer("github.>");
    const beside = await host.consumer("github.>");
    stuck.stall();
    const publisher = await host.publisher();
    publisher.sendBytes(...bulky(3_000));
    publisher.send({ type: "flush", id: 1 });
    await host.pass(90);
    assert(publisher.unread > 2_000_000, "it was not waited for at all");
    await host.pass(400);
    assertEquals((await publisher.frame()).events, 3_000);
    assertEquals(await seqs(beside), upTo(3_000));

    const [lagging] = (await host.status()).consumers;
    assertEquals(lagging?.received, 3_000);
    assert(Number(lagging?.dropped) > 1_000);
    stuck.flow();
    const came = await seqs(stuck);
    assertEquals(came.at(-1), 3_000);
    assertEquals(3_000 - came.length, lagging?.dropped);
    assertEquals(came.length, lagging?.queued);
  });
});

Deno.test("one that was given up is waited for again once it is no longer behind", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publisher = await host.publisher();
    publisher.sendBytes(...bulky(3_000));
    await host.pass(500);
    const lost = Number((await host.status()).consumers[0]?.dropped);
    assert(lost > 0);
    consumer.flow();
    await settle();
    consumer.stall();
    publisher.sendBytes(...bulky(3_000));
    await host.pass(90);
    consumer.flow();
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).events, 6_000);
    assertEquals((await seqs(consumer)).length, 6_000 - lost);
  });
});

Deno.test("a publisher waits only for those that its event matches", async () => {
  await withHost({}, async (host) => {
    const behind = await host.consumer("github.>");
    behind.stall();
    (await host.publisher()).sendBytes(...bulky(100));
    await settle();
    const other = await host.publisher();
    other.send(event({ event_type: "pings" }), { type: "flush", id: 1 });
    assertEquals((await other.frame()).events, 1);
    other.send(event(), { type: "flush", id: 2 });
    assertEquals(await other.whatCame(), []);
    behind.flow();
    assertEquals((await other.frame()).matched, 1);
  });
});

Deno.test("a publisher is held by half of a small channel's events", async () => {
  await withHost({ channelEvents: 10 }, async (host) => {
    const consumer = await host.consumer("github.>");
    const publisher = await host.publisher();
    publisher.sendAtOnce(...new Array(1_000).fill(event()), { type: "flush", id: 1 });
    assertEquals((await publisher.frame()).matched, 1_000);
    assertEquals(await seqs(consumer), upTo(1_000));
  });
});

Deno.test("many publishers that wait for the same consumer lose it nothing", async () => {
  await withHost({ channelEvents: 16 }, async (host) => {
    const consumer = await host.consumer("github.>");
    consumer.stall();
    const publishers = await Promise.all(Array.from({ length: 50 }, () => host.publisher()));
    for (const publisher of publishers) {
      publisher.sendAtOnce(...new Array(20).fill(event()), { type: "flush", id: 1 });
    }
    await host.pass(50);
    consumer.flow();
    for (const publisher of publishers) assertEquals((await publisher.frame()).matched, 20);
    assertEquals(await seqs(consumer), upTo(1_000));
  });
});

Deno.test("of a publisher that reads no answers nothing more is read beyond 64 KiB of them", async () => {
  await withHost({}, async (host) => {
    const publisher = await host.publisher();
    publisher.stall();
    const flushes = upTo(3_000).map((id) => ({ type: "flush", id }));
    publisher.send(...flushes);
    await settle(4_000);
    const { used } = host.server.hub.ledger;
    assert(used > 64 << 10 && used < 70 << 10, `${used} bytes of answers`);
    const unread = publisher.unread;
    assert(unread > 0);
    publisher.take(10_000);
    await settle(500);
    assert(publisher.unread < unread, "it is read again as it takes");
    publisher.flow();
    assertEquals((await publisher.frames(3_000)).map(({ id }) => id), upTo(3_000));
  });
});

Deno.test("of answers to what came at once no more than 64 KiB are held either", async () => {
  await withHost({}, async (host) => {
    const publisher = await fastPublisher(host);
    publisher.stall();
    publisher.sendAtOnce(...upTo(2_000).map((id) => ({ type: "flush", id })));
    await settle(500);
    // The read's own buffer and batch are held with them.
    assert(host.server.hub.ledger.used < (70 << 10) + (128 << 10));
    publisher.flow();
    const acks = await publisher.frames(2_000);
    assertEquals(acks.map(({ id }) => id), upTo(2_000));
  });
});
