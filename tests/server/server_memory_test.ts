import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { PATIENCE_MS, WAITING_MS } from "../../lib/hub/limits.ts";
import { LARGE_READ } from "../../lib/server/limits.ts";
import { event, hello, Peer, settle, type TestHost, withHost } from "./kit.ts";

/** Above 350,000 bytes something has to go; the rest is kept for writes. */
const MEMORY = { memoryBytes: 400_000 };

/** Leaves a line without its end. */
async function hold(peer: Peer, bytes: number): Promise<void> {
  peer.sendBytes("x".repeat(bytes));
  await settle();
}

/** Fills the rest of the memory, with a line that is shorter than the one under test. */
async function fillUp(host: TestHost): Promise<Peer> {
  const filler = await host.publisher();
  await hold(filler, 100_000);
  return filler;
}

Deno.test("at the bound the fattest channel loses its oldest, who reads loses nothing", async () => {
  await withHost({ memoryBytes: 2 << 20 }, async (host) => {
    const stuck = await host.consumer("github.>");
    const small = await host.consumer("pings");
    const reading = await host.consumer("github.>");
    stuck.stall();
    small.stall();
    const publisher = await host.publisher();
    publisher.send(...new Array(5).fill(event({ event_type: "pings" })));
    for (let round = 0; round < 20; round++) {
      publisher.send(...new Array(50).fill(event({ payload: "x".repeat(10_000) })));
      await host.pass(200);
      const { buffered_bytes = 0, buffered_limit = 0 } = await host.status();
      assert(buffered_bytes <= buffered_limit, `${buffered_bytes} of ${buffered_limit}`);
    }
    publisher.send({ type: "flush", id: 1 });
    assertEquals((await publisher.frame()).events, 1_005);
    const seqs = (await reading.frames(1_000)).map(({ seq }) => seq);
    assertEquals(seqs, Array.from({ length: 1_000 }, (_, index) => index + 1));
    const dropped = (await host.status()).consumers.map(({ dropped }) => dropped);
    assertEquals(dropped.slice(1), [0, 0]);

    stuck.flow();
    const came = await stuck.whatCame();
    assertEquals(came.at(-1)?.seq, 1_000);
    assertEquals(1_000 - came.length, dropped[0]);
    assert(came.length > 100, `${came.length} events were left`);
  });
});

Deno.test("at the bound channels give before an unfinished line does", async () => {
  await withHost(MEMORY, async (host) => {
    const stuck = await host.consumer("github.>");
    stuck.stall();
    const publisher = await host.publisher();
    publisher.send(...new Array(20).fill(event({ payload: "x".repeat(10_000) })));
    await host.pass(500);
    const hoarder = await host.publisher();
    await hold(hoarder, 150_000);
    assertEquals(hoarder.isClosed, false);
    assert(Number((await host.status()).consumers[0]?.dropped) > 0);
    hoarder.sendBytes("\n");
    assertEquals((await hoarder.rest())[0]?.code, "bad_frame");
  });
});

Deno.test("a publisher that holds the fattest unfinished line is refused with limit", async () => {
  await withHost(MEMORY, async (host) => {
    const publisher = await host.publisher();
    publisher.send(event());
    await hold(publisher, 200_000);
    const filler = await fillUp(host);
    const [answer, ...more] = await publisher.rest();
    assertEquals([answer?.type, answer?.code, more], ["error", "limit", []]);
    assertMatch(String(answer?.message), /^frame 3: /);
    assertEquals(filler.isClosed, false);
    assertEquals((await host.status()).refused, 1);
    assertEquals(host.log, [
      "the memory is used up: closed who held the longest unfinished line",
    ]);
  });
});

Deno.test("a newcomer that holds the fattest unfinished line is refused with limit", async () => {
  await withHost(MEMORY, async (host) => {
    const newcomer = host.connect();
    await hold(newcomer, 200_000);
    await fillUp(host);
    assertEquals((await newcomer.rest()).map(({ type, code }) => [type, code]), [
      ["error", "limit"],
    ]);
  });
});

Deno.test("a consumer that holds the fattest unfinished line is closed with limit", async () => {
  await withHost(MEMORY, async (host) => {
    const consumer = await host.consumer("github.>");
    await hold(consumer, 200_000);
    await fillUp(host);
    assertEquals(await consumer.rest(), [{ type: "bye", reason: "limit" }]);
    assertEquals((await host.status()).closed?.map(({ reason }) => reason), ["limit"]);
    assertEquals(host.log.at(-1), 'consumer closed: reason=limit event_key="gh" pid=4711');
  });
});

Deno.test("a waiting one that holds the fattest unfinished line is refused with limit", async () => {
  await withHost(MEMORY, async (host) => {
    const holder = await host.consumer("github.>");
    holder.send({ type: "pre_shutdown_check", event_key: "gh" });
    await holder.frame();
    const waiting = host.connect();
    waiting.send(hello());
    await hold(waiting, 200_000);
    await fillUp(host);
    assertEquals((await waiting.rest()).map(({ type, code }) => [type, code]), [
      ["error", "limit"],
    ]);
    assertEquals((await host.status()).closed, []);
  });
});

Deno.test("one that was told its end already is not told another", async () => {
  await withHost({ memoryBytes: 300_000 }, async (host) => {
    const publisher = await host.publisher();
    publisher.send(event({ payload: "x".repeat(2_000) }));
    await settle();
    publisher.stall();
    publisher.sendBytes(`nonsense\n${"x".repeat(60_000)}`);
    await settle();
    await hold(await host.publisher(), 50_000);
    await hold(await host.publisher(), 50_000);
    assertEquals(host.log.length, 2);
    publisher.flow();
    assertEquals((await publisher.rest()).map(({ code }) => code), ["bad_frame"]);
    assertEquals((await host.status()).refused, 1);
  });
});

Deno.test("a hello whose ack costs its own connection leaves no consumer behind", async () => {
  await withHost({ memoryBytes: 40_000 }, async (host) => {
    host.server.hub.ledger.charge(34_600);
    const peer = host.connect();
    peer.sendBytes(`${JSON.stringify(hello())}\n${"x".repeat(250)}`);
    await settle();
    assertEquals(host.server.hub.size, 0);
    assertEquals(host.server.hub.keyCount, 0);
    host.server.hub.ledger.release(34_600);
  });
});

Deno.test("a waiting one that keeps most of what it sent is refused with limit", async () => {
  await withHost(MEMORY, async (host) => {
    const holder = await host.consumer("github.>");
    holder.send({ type: "pre_shutdown_check", event_key: "gh" });
    await holder.frame();
    const waiting = host.connect();
    waiting.send(hello());
    waiting.sendAtOnce(...new Array(1_200).fill({ type: "setup_done" }));
    await settle();
    assert(host.server.hub.ledger.used > 170_000);
    const filler = await fillUp(host);
    assertEquals((await waiting.rest()).map(({ type, code }) => [type, code]), [
      ["error", "limit"],
    ]);
    assertEquals(filler.isClosed, false);
  });
});

/** Asks for the hub's state, and reads nothing of the answer. */
async function askDeaf(host: TestHost): Promise<Peer> {
  const asker = host.connect();
  asker.stall();
  asker.send({ type: "status_query" });
  await settle();
  return asker;
}

Deno.test("of those that leave too many answers unread the fattest are cut off, and no events lost", async () => {
  await withHost({ memoryBytes: 400_000 }, async (host) => {
    for (let i = 0; i < 20; i++) await host.join({ event_key: `key ${i}` });
    const stuck = await host.consumer("github.>");
    stuck.stall();
    await host.publish(...new Array(5).fill(event({ payload: "x".repeat(10_000) })));
    const before = host.server.hub.ledger.used;
    const askers: Peer[] = [];
    for (let i = 0; i < 20; i++) {
      askers.push(await askDeaf(host));
      assert(host.server.hub.ledger.used - before < 400_000 / 8 + 10_000);
    }
    assert(askers.filter(({ isClosed }) => isClosed).length > 5);
    const status = await host.status();
    assertEquals(status.consumers.map(({ dropped }) => dropped), new Array(21).fill(0));
    assertEquals(host.log[0], "closed who left the most answers unread");
    for (const asker of askers) asker.flow();
  });
});

Deno.test("at the bound unread answers are the last that is given up", async () => {
  await withHost(MEMORY, async (host) => {
    const { ledger } = host.server.hub;
    const deaf = await host.publisher();
    deaf.stall();
    deaf.sendAtOnce(...new Array(700).fill({ type: "flush", id: 1 }));
    const line = await host.publisher();
    await hold(line, 100_000);
    ledger.charge(150_000);
    assertEquals((await line.rest())[0]?.code, "limit");
    assertEquals(deaf.isClosed, false);
    ledger.charge(180_000);
    assertEquals(deaf.isClosed, false, "it may be about to read");
    await host.pass(PATIENCE_MS);
    ledger.charge(1);
    assertEquals(deaf.isClosed, true);
    ledger.release(330_001);
  });
});

Deno.test("at the bound a long event goes with the consumer that takes nothing of it, before any line", async () => {
  await withHost({ memoryBytes: 4 << 20 }, async (host) => {
    const { ledger } = host.server.hub;
    const [deaf, reading] = [await host.consumer("github.>"), await host.consumer("github.>")];
    deaf.stall();
    await host.publish(event({ payload: "x".repeat(1_000_000) }));
    assertEquals(String((await reading.frame()).payload).length, 1_000_000);
    assert(ledger.used > 1_000_000);
    const line = await host.publisher();
    await hold(line, 100_000);
    await host.pass(PATIENCE_MS - 20);
    const room = Math.ceil(ledger.limit * 7 / 8) - ledger.used;
    ledger.charge(room);
    assertEquals([deaf.isClosed, line.isClosed], [false, false]);
    ledger.release(room);
    await host.pass(40);
    ledger.charge(room + 200_000);
    assertEquals([deaf.isClosed, line.isClosed], [true, false]);
    assert(ledger.used < ledger.limit - 500_000);
    const { closed = [] } = await host.status();
    assertEquals(closed.map(({ reason, queued }) => [reason, queued]), [["limit", 1]]);
    assertEquals(host.log[0], "the memory is used up: closed who took nothing of a long event");
    ledger.release(room + 200_000);
    deaf.flow();
  });
});

Deno.test("those that are stuck with a long event keep nobody waiting", async () => {
  await withHost({ memoryBytes: 16 << 20 }, async (host) => {
    const stuck: Peer[] = [];
    for (let i = 0; i < 40; i++) {
      const peer = new Peer({ holdsWrites: true });
      await host.join({ event_key: `stuck ${i}`, event_types: ["github.>"] }, peer);
      peer.stall();
      stuck.push(peer);
    }
    const reading = await host.consumer("github.>");
    await host.publish(event({ payload: "x".repeat(1_000_000) }));
    assertEquals((await reading.frame()).seq, 1);
    await host.pass(500);
    const publisher = await host.publisher();
    publisher.send(event({ payload: "y".repeat(1_000_000) }), { type: "flush", id: 1 });
    await settle();
    assertEquals((await publisher.frame()).type, "flush_ack");
    assertEquals((await reading.frame()).seq, 2);
    // What they have laid out stays so for long, though they are gone.
    await host.pass(6_000);
    assertEquals((await host.status()).closing, 40);
    await host.publish(event({ payload: "z".repeat(1_000_000) }));
    assertEquals((await reading.frame()).seq, 3);
    for (const peer of stuck) peer.flow();
  });
});

Deno.test("lines that are not whole leave half of the memory to the consumers", async () => {
  await withHost(MEMORY, async (host) => {
    const consumer = await host.consumer("github.>");
    const holders: Peer[] = [];
    for (let i = 0; i < 12; i++) {
      const holder = await host.publisher();
      holders.push(holder);
      await hold(holder, 30_000 + i * 100);
      const open = holders.filter(({ isClosed }) => !isClosed).length;
      assertLessOrEqual(host.server.hub.ledger.used - open * LARGE_READ, MEMORY.memoryBytes / 2);
      await host.publish(event({ payload: "x".repeat(20_000) }));
      assertEquals((await consumer.frame()).seq, i + 1);
    }
    assertEquals((await host.status()).consumers[0]?.dropped, 0);
    const closed = holders.filter(({ isClosed }) => isClosed);
    assert(closed.length > 3);
    for (const peer of closed) assertEquals((await peer.rest())[0]?.code, "limit");
  });
});

Deno.test("a waiting hello that is rejected while the memory is full is told so", async () => {
  await withHost({ memoryBytes: 400_000 }, async (host) => {
    const { ledger } = host.server.hub;
    const holder = await host.consumer("github.>");
    holder.send({ type: "pre_shutdown_check", event_key: "gh" });
    await holder.frame();
    const waiting = host.connect();
    waiting.send(hello());
    // It is the one that keeps most, and so the first to be asked for room.
    waiting.sendAtOnce(...new Array(100).fill({ type: "setup_done" }));
    await settle();
    const room = 350_000 - ledger.used;
    ledger.charge(room);
    await host.pass(WAITING_MS + 1_000);
    assertEquals((await waiting.rest()).map(({ rejected }) => rejected), [true]);
    ledger.release(room);
  });
});
