import { assertEquals } from "@std/assert";
import { openSse } from "../../../lib/source/sse.ts";
import { Play, testContext } from "../kit.ts";
import { payloads, settings, StreamServer } from "./stream_server.ts";

const SAID = "event: an event was left out, it is longer than 1048576 bytes";

/** Two thirds of what an event may have. */
const PART = `data: ${"x".repeat(700_000)}\n`;

Deno.test("sse: an event over its limit is left out, counted and said, and the stream goes on behind it", async () => {
  await using server = new StreamServer((visit) => {
    visit.send("data: 1\n\nid: a\n");
    for (const _ of [1, 2, 3]) visit.send(PART);
    visit.send('\ndata: 2\n\ndata: "');
    for (let sent = 0; sent < 40; sent++) visit.send("y".repeat(65_536));
    visit.send('"\ndata: more\n\ndata: 3\n\n');
  });
  const context = testContext();
  await using play = new Play(openSse(settings(server.url), context));
  await play.until(({ found }) => found.length === 3);
  assertEquals(payloads(play), ["1", "2", "3"]);
  assertEquals(play.states, ["connected"]);
  assertEquals(context.lines, [`${SAID} (1 so far)`, `${SAID} (2 so far)`]);
});

Deno.test("sse: an event over its limit is not asked for again, wherever the stream ends in it", async () => {
  const ends: [stream: string, lastId: string][] = [
    [`id: b\n${PART}${PART}\n`, "b"],
    [`${PART}${PART}id: b\n\n`, "b"],
    [`id: b\n${PART}${PART}`, "b"],
    [`id: b\n${PART}${PART}id: c\ndata: 2`, "b"],
    [`${PART}${PART}data: 2`, "a"],
  ];
  for (const [stream, lastId] of ends) {
    await using server = new StreamServer((visit, count) => {
      if (count > 1) return;
      visit.send("id: a\n\n");
      visit.send(stream);
      visit.end();
    });
    const source = openSse(settings(server.url), testContext());
    const first = new Play(source);
    assertEquals(String(await first.ended), "BusError: the stream ended before an event came");
    await using second = new Play(source);
    await second.until(({ states }) => states.length === 1);
    assertEquals(server.visits[1]?.headers.get("last-event-id"), lastId);
  }
});
