import { assertEquals, assertStringIncludes } from "@std/assert";
import { pausesOf } from "../../../lib/source/settings.ts";
import { openSse } from "../../../lib/source/sse.ts";
import { Supervisor } from "../../../lib/source/supervisor.ts";
import { within } from "../../e2e/waiting.ts";
import { Play, testContext } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { settings, StreamServer } from "./stream_server.ts";

Deno.test("sse: a stream that ends without an event is asked for again as the settings say", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit) => {
    visit.send("id: 7\nretry: 100\n: nothing yet\n\n");
    visit.end();
  });
  const wanted = settings(server.url, { backoff: ["2s", "10s"], restarts: 2 });
  const told: string[] = [];
  const supervisor = new Supervisor({
    name: "s",
    source: openSse(wanted, testContext(), clocks),
    pauses: pausesOf(wanted),
    restarts: wanted.restarts,
    deliver: () => Promise.resolve([]),
    tell: ({ state, detail }) => void told.push(detail ? `${state}: ${detail}` : state),
    clocks,
    random: () => 0,
  });
  const over = new AbortController();
  const running = supervisor.run(over.signal);
  try {
    for (const due of [2_000, 6_000]) {
      await clocks.untilDue(due);
      clocks.goTo(due);
    }
    await running;
  } finally {
    over.abort();
    await running;
  }
  const early = "the stream ended before an event came";
  assertEquals(told, [
    "connecting",
    "connected",
    `disconnected: ${early}`,
    "reconnecting",
    "connected",
    `disconnected: ${early}`,
    "reconnecting",
    "connected",
    `disconnected: ${early}; given up after 2 restarts`,
  ]);
  const sent = server.visits.map(({ headers }) => headers.get("last-event-id"));
  assertEquals(sent, [null, "7", "7"]);
});

Deno.test("sse: a stream that was silent without an event ends the run", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit) => visit.send(": hello\n\n"));
  const more = settings(server.url, { heartbeat: "10s" });
  await using play = new Play(openSse(more, testContext(), clocks));
  await play.until(({ states }) => states.length === 1);
  await clocks.untilDue(10_000);
  clocks.goTo(10_000);
  assertEquals(String(await within("the end", play.ended)), "BusError: nothing came for 10s");
});

Deno.test("sse: who was cut off or refused leaves the server alone as long as it wants", async () => {
  const clocks = new WatchedClocks();
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const source = openSse(settings(url), testContext(), clocks);
  const cutOff = new Play(source);
  {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(10_000));
    await connection.write(new TextEncoder().encode(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
        "16\r\nretry: 5000\ndata: 1\n\n\n\r\n",
    ));
    await cutOff.until(({ found }) => found.length === 1);
  }
  assertEquals(String(await cutOff.ended), "BusError: the connection was lost");
  listener.close();
  for (const [now, due, seconds] of [[1_000, 5_000, 4], [9_500, 10_000, 0.5]] as const) {
    clocks.setTo(now);
    const refused = new Play(source);
    await clocks.untilDue(due);
    clocks.goTo(due);
    assertStringIncludes(String(await refused.ended), "cannot be reached");
    assertEquals(refused.states, [
      `disconnected: the server wants to be left alone; it connects again in ${seconds} s`,
      "reconnecting",
    ]);
  }
  await using late = new Play(source);
  await clocks.untilDue(15_000);
  assertEquals(late.states.length, 1);
});
