import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { nextTurn } from "../../lib/platform/turn.ts";
import { event, hello, padded, type Peer, settle, type TestHost, withHost } from "./kit.ts";

/** As many of the shortest lines as a read takes at once, several times over. */
const FLOOD = new Array(3).fill("x\n".repeat(30_000));

/** Turns until a frame comes. */
async function turnsUntilLine(peer: Peer): Promise<number> {
  let turns = 0;
  for (; !peer.hasLine && turns < 1_000; turns++) await nextTurn();
  return turns;
}

async function flooded(host: TestHost, floods: number): Promise<Peer[]> {
  const all: Peer[] = [];
  while (all.length < floods) all.push(await host.consumer("other"));
  for (const peer of all) peer.sendBytes(...FLOOD);
  await settle(5);
  return all;
}

Deno.test("a flood of the shortest lines makes no question and no hello wait", async () => {
  await withHost({}, async (host) => {
    const flooding = await flooded(host, 3);
    for (const question of [{ type: "status_query" }, { type: "reload" }, hello()]) {
      const peer = host.connect();
      peer.send(question);
      assertLess(await turnsUntilLine(peer), 10);
    }
    for (const peer of flooding) assertGreater(peer.unread, 0, "the flood was over");
  });
});

Deno.test("a flood of the shortest lines lets the events of others through", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer("github.>");
    const publisher = await host.publisher();
    const flooding = await flooded(host, 3);
    publisher.send(event());
    // Each of the three may have its part of a read before it.
    assertLess(await turnsUntilLine(consumer), 3 * 130);
    for (const peer of flooding) assertGreater(peer.unread, 0, "the flood was over");
  });
});

Deno.test("a flood is dealt with to its last line", async () => {
  await withHost({}, async (host) => {
    const [peer] = await flooded(host, 1);
    peer?.send({ type: "pre_shutdown_check", event_key: "gh" });
    assertEquals(await peer?.frame(), { type: "pre_shutdown_ack", last_for_key: true });
    peer?.sendBytes(padded({ type: "bye" }, 1_000));
    assertEquals(await peer?.rest(), []);
  });
});

/** As many and as long patterns as a consumer may ask for. */
const PATTERNS = Array.from({ length: 1_000 }, (_, i) => `${"*.".repeat(490)}${i}`);

/** As many types as come at once, each compared with all of the patterns. */
const TYPES = Array.from({ length: 100 }, (_, i) => `${"a.".repeat(490)}${i}`);

/** Events of them that a hub reads at once. */
const READ_AT_ONCE = 45;

/** Publishers, each of which sends so many events of types of its own at once. */
async function publishNewTypes(host: TestHost, publishers: number, each: number): Promise<void> {
  const all: Peer[] = [];
  while (all.length < publishers) all.push(await host.publisher());
  const types = [...TYPES];
  for (const peer of all) {
    peer.sendAtOnce(...types.splice(0, each).map((event_type) => event({ event_type })));
  }
}

Deno.test("events of new types that are long to match come one after the other, a few in a turn", async () => {
  await withHost({}, async (host) => {
    const consumer = await host.consumer(...PATTERNS);
    await publishNewTypes(host, 1, TYPES.length);
    const { hub } = host.server;
    let most = 0;
    for (let before = hub.published; before < TYPES.length; before = hub.published) {
      await nextTurn();
      most = Math.max(most, hub.published - before);
    }
    assertLess(most, 4);
    const types = (await consumer.frames(TYPES.length)).map(({ event_type }) => event_type);
    assertEquals(types, TYPES);
  });
});

Deno.test("events of new types that are long to match make no question and no other publisher wait", async () => {
  await withHost({}, async (host) => {
    await host.consumer(...PATTERNS);
    const known = await host.consumer("known");
    const other = await host.publisher();
    other.send(event({ event_type: "known" }));
    await known.frame();
    await publishNewTypes(host, TYPES.length, 1);
    // Until all of them are read and wait.
    await settle(15);
    const asker = host.connect();
    asker.send({ type: "status_query" });
    other.send(event({ event_type: "known" }), { type: "flush", id: 1 });
    for (const peer of [known, other, asker]) assertLess(await turnsUntilLine(peer), 10);
    assertLess(host.server.hub.published, TYPES.length, "the events were over");
  });
});

Deno.test("a hub that stops routes at once what is long to match", async () => {
  await withHost({}, async (host) => {
    await host.consumer(...PATTERNS);
    await publishNewTypes(host, 1, READ_AT_ONCE);
    await settle(5);
    assertLess(host.server.hub.published, READ_AT_ONCE);
    await host.server.stop();
    assertEquals(host.server.hub.published, READ_AT_ONCE);
  });
});
