import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openSse } from "../../../lib/source/sse.ts";
import { Play, testContext } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { payloads, settings, StreamServer } from "./stream_server.ts";

Deno.test("sse: after the end of the stream it comes back by itself, where it was", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit, count) => {
    if (count === 1) visit.send("id: é1\ndata: 1\n\nid: é2\n\n");
    if (count === 2) visit.send("retry: 1250\ndata: 2\n\n");
    if (count < 3) visit.end();
  });
  await using play = new Play(openSse(settings(server.url), testContext(), clocks));
  await clocks.untilDue(3_000);
  clocks.goTo(3_000);
  await clocks.untilDue(4_250);
  clocks.goTo(4_250);
  await play.until(({ states }) => states.length === 7);
  assertEquals(payloads(play), ["1", "2"]);
  assertEquals(play.states, [
    "connected",
    "disconnected: the stream ended; it connects again in 3 s",
    "reconnecting",
    "connected",
    "disconnected: the stream ended; it connects again in 1.25 s",
    "reconnecting",
    "connected",
  ]);
  const sent = server.visits.map(({ headers }) => headers.get("last-event-id"));
  const bytes = (text: string | null | undefined) => Uint8Array.from(text ?? "", code);
  assertEquals(sent[0], null);
  assertEquals(new TextDecoder().decode(bytes(sent[1])), "é2");
  assertEquals(new TextDecoder().decode(bytes(sent[2])), "é2");
});

function code(character: string): number {
  return character.charCodeAt(0);
}

Deno.test("sse: a server may ask neither for no pause nor for an endless one", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit, count) => {
    visit.send(`retry: ${count === 1 ? 0 : "9".repeat(400)}\ndata: 1\n\n`);
    visit.end();
  });
  await using _ = new Play(openSse(settings(server.url), testContext(), clocks));
  await clocks.untilDue(1_000);
  clocks.goTo(1_000);
  await clocks.untilDue(3_601_000);
});

Deno.test("sse: the shortest pause before it comes back is that of the settings", async () => {
  for (const [shortest, due] of [["200ms", 200], ["20s", 20_000]] as const) {
    const clocks = new WatchedClocks();
    await using server = new StreamServer((visit) => {
      visit.send("retry: 50\ndata: 1\n\n");
      visit.end();
    });
    const more = settings(server.url, { backoff: [shortest, "60s"] });
    await using _ = new Play(openSse(more, testContext(), clocks));
    await clocks.untilDue(due);
  }
});

Deno.test("sse: a server that dies ends the run, and the next one begins where it was", async () => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const source = openSse(settings(`http://127.0.0.1:${listener.addr.port}/`), testContext());
  const serve = async (event: string) => {
    const connection = await listener.accept();
    const request = new Uint8Array(10_000);
    const length = await connection.read(request) ?? 0;
    await connection.write(new TextEncoder().encode(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
        `${event.length.toString(16)}\r\n${event}\r\n`,
    ));
    return { connection, request: new TextDecoder().decode(request.subarray(0, length)) };
  };
  const first = new Play(source);
  {
    using connection = (await serve("id: a\ndata: 1\n\ndata: cut off\n")).connection;
    await first.until(({ found }) => found.length === 1);
    assert(connection);
  }
  assertEquals(String(await first.ended), "BusError: the connection was lost");
  await using second = new Play(source);
  const { connection, request } = await serve("data: 2\n\n");
  using _ = connection;
  assertStringIncludes(request, "last-event-id: a\r\n");
  await second.until(({ found }) => found.length === 1);
  assertEquals(payloads(second), ["2"]);
});

Deno.test("sse: an event that was not routed is asked for again", async () => {
  await using server = new StreamServer((visit, count) => {
    if (count === 1) visit.send("id: a\ndata: 1\n\n");
  });
  const source = openSse(settings(server.url), testContext());
  const first = new Play(source, ({ ...finding }) => {
    if ("payload" in finding && finding.payload === "2") throw new Error("the hub is gone");
    return "routed";
  });
  await first.until(({ found }) => found.length === 1);
  server.visits[0]?.send("id: b\ndata: 2\n\nid: c\n\n");
  assertStringIncludes(String(await first.ended), "the hub is gone");
  await using second = new Play(source);
  await second.until(({ states }) => states.length === 1);
  assertEquals(server.visits[1]?.headers.get("last-event-id"), "a");
});

Deno.test("sse: an id that no header can hold is not sent back", async () => {
  await using server = new StreamServer((visit, count) => {
    if (count > 1) return;
    visit.send(`id: good\ndata: 1\n\nid: ${"x".repeat(8_193)}\ndata: 2\n\nid: a\x01b\ndata: 3\n\n`);
  });
  const context = testContext();
  const source = openSse(settings(server.url), context);
  const first = new Play(source);
  await first.until(({ found }) => found.length === 3);
  await first.stop();
  await using second = new Play(source);
  await second.until(({ states }) => states.length === 1);
  assertEquals(server.visits[1]?.headers.get("last-event-id"), "good");
  assertEquals(
    new Set(context.lines),
    new Set(["id: an id that no header can hold is not sent back"]),
  );
});
