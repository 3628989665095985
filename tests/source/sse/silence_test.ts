import { assertEquals } from "@std/assert";
import { openSse } from "../../../lib/source/sse.ts";
import { Play, testContext } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { settings, StreamServer } from "./stream_server.ts";

Deno.test("sse: it connects anew when nothing came for its heartbeat, and a comment is something", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit, count) => {
    if (count === 1) visit.send("id: 5\ndata: 1\n\n");
  });
  const more = settings(server.url, { heartbeat: "60s" });
  await using play = new Play(openSse(more, testContext(), clocks));
  await play.until(({ found }) => found.length === 1);
  await clocks.untilDue(60_000);
  clocks.setTo(40_000);
  server.visits[0]?.send(":\n");
  await clocks.untilDue(100_000);
  clocks.goTo(100_000);
  await clocks.untilDue(103_000);
  assertEquals(play.states, [
    "connected",
    "disconnected: nothing came for 60s; it connects again in 3 s",
  ]);
  await server.visits[0]?.gone;
  clocks.goTo(103_000);
  await play.until(({ states }) => states.length === 4);
  assertEquals(server.visits[1]?.headers.get("last-event-id"), "5");
});

Deno.test("sse: who stood still does not take the server for silent", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit) => visit.send("data: 1\n\n"));
  await using play = new Play(openSse(settings(server.url), testContext(), clocks));
  await play.until(({ found }) => found.length === 1);
  await clocks.untilDue(300_000);
  clocks.goTo(400_000);
  await clocks.untilDue(700_000);
  server.visits[0]?.send("data: 2\n\n");
  await play.until(({ found }) => found.length === 2);
  assertEquals(play.states, ["connected"]);
});

Deno.test("sse: a server that takes the request and does not answer fails the run", async () => {
  const clocks = new WatchedClocks();
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const play = new Play(openSse(settings(url), testContext(), clocks));
  using _ = await listener.accept();
  await clocks.untilDue(300_000);
  clocks.goTo(300_000);
  assertEquals(String(await play.ended), `BusError: ${url} cannot be reached: it did not answer`);
});
