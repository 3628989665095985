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
