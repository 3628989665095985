import { assertEquals, assertMatch } from "@std/assert";
import {
  event,
  hello,
  padded,
  Peer,
  type Received,
  settle,
  type TestHost,
  until,
  withHost,
} from "./kit.ts";

const LIMIT = 3;

/** A hub whose ordinary places are taken. */
async function full(host: TestHost): Promise<Peer[]> {
  const consumers: Peer[] = [];
  while (consumers.length < LIMIT) consumers.push(await host.consumer("github.>"));
  return consumers;
}

Deno.test("over the limit of connections a question is still answered", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await full(host);
    assertEquals((await host.status()).active_conns, LIMIT);
    const asker = host.connect();
    asker.send({ type: "reload" });
    assertEquals((await asker.rest()).map(({ type }) => type), ["reload_ack"]);
    host.connect().send({ type: "shutdown" });
    await host.server.stopAsked;
    await host.server.stop();
  });
});

Deno.test("over the limit a hello is rejected with limit, valid or not", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await full(host);
    for (const fields of [{}, { event_types: [] }]) {
      const peer = host.connect();
      peer.send(hello(fields), { type: "bye" });
      const [answer, ...more] = await peer.rest();
      assertEquals([answer?.rejected, answer?.reject_code, more], [true, "limit", []]);
    }
    assertEquals((await host.status()).active_conns, LIMIT);
  });
});

const OTHERS: [string, string | Received][] = [
  ["an event", event()],
  ["an event with wrong fields", { type: "event" }],
  ["a flush", { type: "flush", id: 1 }],
  ["a bye", { type: "bye" }],
  ["a check", { type: "pre_shutdown_check" }],
  ["nonsense", "nonsense"],
  ["an oversized frame", padded({ type: "status_query" }, 1_048_577)],
];

for (const [what, frame] of OTHERS) {
  Deno.test(`over the limit ${what} gets the error limit, and changes nothing`, async () => {
    await withHost({ maxConnections: LIMIT }, async (host) => {
      const [consumer] = await full(host);
      const peer = host.connect();
      peer.send(frame);
      const [answer, ...more] = await peer.rest();
      assertEquals([answer?.type, answer?.code, more], ["error", "limit", []]);
      assertEquals(await consumer?.whatCame(), []);
      assertEquals(host.server.hub.published, 0);
    });
  });
}

Deno.test("who says nothing keeps a place of the reserve for 5 s, where few are so", async () => {
  await withHost({ maxConnections: LIMIT }, async (host) => {
    await full(host);
    const silent = Array.from({ length: 8 }, () => host.connect());
    await host.pass(1_300);
    for (const peer of silent.slice(0, 7)) assertEquals((await peer.rest())[0]?.code, "limit");
    await host.pass(3_600);
    assertEquals(silent[7]?.isClosed, false);
    await host.pass(500);
    assertEquals((await silent[7]?.rest())?.[0]?.code, "timeout");
    assertEquals((await host.status()).active_conns, LIMIT);
  });
});

Deno.test("who has spoken is not silent, however long it takes until it is heard", async () => {
  await withHost({ maxConnections: 8 }, async (host) => {
    const heard = Promise.withResolvers<void>();
    host.server.hearings.spend = () => heard.promise;
    const crowd = Array.from({ length: 8 }, () => host.connect());
    for (const [i, peer] of crowd.entries()) peer.send(hello({ event_key: `k${i}` }));
    await host.pass(2_000);
    heard.resolve();
    for (const peer of crowd) assertEquals((await peer.frame()).first_for_key, true);
  });
});

Deno.test("a connection cut off counts until the system has given its socket back", async () => {
  await withHost({ maxConnections: 1 }, async (host) => {
    const { peer } = await host.join({}, new Peer({ holdsWrites: true }));
    peer.stall();
    // A publisher finds no place, so the consumer's own check gives it something to take.
    peer.send({ type: "pre_shutdown_check" });
    await host.pass(5_400);
    assertEquals(peer.isClosed, true);
    const late = host.connect();
    late.send(hello());
    assertEquals((await late.rest())[0]?.reject_code, "limit");
    peer.vanish();
    await settle();
    assertEquals((await host.join({})).ack.rejected, undefined);
  });
});

Deno.test("a door that fails is tried again, after 10 ms to 1 s, and said once a second", async () => {
  await withHost({}, async (host) => {
    const { door, clocks } = host;
    const pauses: number[] = [];
    for (let failures = 0; failures < 9; failures++) {
      const failedAt = clocks.monotonic();
      const waiting = door.accepts;
      door.fail(new Error("Too many open files (os error 24)"));
      await settle();
      while (door.accepts === waiting) await host.pass(1);
      pauses.push(clocks.monotonic() - failedAt);
    }
    assertEquals(pauses, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    assertEquals(
      host.log[0],
      "cannot accept a connection: Too many open files",
    );
    assertEquals(host.log.length < 6, true);

    const peer = new Peer();
    peer.send({ type: "status_query" });
    door.let(peer.ends);
    await until(() => peer.isClosed, "an answer");
    assertEquals((await peer.rest()).length, 1);
    door.fail(new Error("once more"));
    const waiting = door.accepts;
    await host.pass(10);
    assertEquals(door.accepts, waiting + 1, "the pause begins anew");
  });
});

Deno.test("one more than may be silent costs the one that is silent longest its place", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const silent = Array.from({ length: 256 }, () => host.connect());
    silent[0]?.sendBytes('{"type":"hel');
    await host.pass(2_000);
    assertEquals(silent.filter(({ isClosed }) => isClosed), []);
    const late = host.connect();
    await host.pass(900);
    assertEquals(silent.filter(({ isClosed }) => isClosed), []);
    await host.pass(400);
    const [answer, ...more] = await silent[0]?.rest() ?? [];
    assertEquals([answer?.type, answer?.code, more], ["error", "limit", []]);
    assertMatch(String(answer?.message), /^256 that came later are as silent$/);
    assertEquals(silent.filter(({ isClosed }) => isClosed).length, 1);
    late.send(hello());
    assertEquals((await late.frame()).type, "hello_ack");
    await host.publish(event());
    assertEquals((await consumer.frame()).seq, 1);
  });
});

Deno.test("of few places half may be silent, so that the others find one", async () => {
  await withHost({ maxConnections: 6 }, async (host) => {
    const silent = Array.from({ length: 6 }, () => host.connect());
    await host.pass(1_300);
    assertEquals(silent.map(({ isClosed }) => isClosed), [true, true, true, false, false, false]);
    assertMatch(String((await silent[0]?.rest())?.[0]?.message), /^3 that came later are as/);
    assertEquals((await host.join({})).ack.rejected, undefined);
  });
});

Deno.test("a hub that slept takes nobody for silent whose words wait to be read", async () => {
  await withHost({}, async (host) => {
    const peers = Array.from({ length: 300 }, () => host.connect());
    await settle();
    for (const peer of peers) peer.send(hello());
    await host.sleep(3_000);
    for (const peer of peers) assertEquals((await peer.frame()).type, "hello_ack");
  });
});
