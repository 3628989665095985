import { assert, assertEquals } from "@std/assert";
import type { Outcome, WholeEvent } from "../../lib/source/source.ts";
import { openSse } from "../../lib/source/sse.ts";
import { Play, testContext } from "./kit.ts";
import { payloads, settings, StreamServer } from "./sse/stream_server.ts";
import { WatchedClocks } from "./watched_clocks.ts";

Deno.test("sse: events arrive in order with their data and their names, and have no ids of their own", async () => {
  await using server = new StreamServer((visit) => {
    visit.send(': hello\n\nevent: push\nid: 7\ndata: {"n": 1.50}\n\ndata: 2\n\n');
    visit.send("id: 9\r\ndata: [1,\r\ndata: 2]\r\n\r\nevent: gone\n\nid\ndata: 3\n\n");
  });
  await using play = new Play(openSse(settings(server.url), testContext()));
  await play.until(({ found }) => found.length === 4);
  assertEquals(
    play.findings.map(({ payload, type, id, values }) => ({
      payload,
      type,
      id,
      event: values?.event?.(""),
      last_id: values?.last_id?.(""),
    })),
    [
      { payload: '{"n": 1.50}', type: "push", id: undefined, event: "push", last_id: "7" },
      { payload: "2", type: undefined, id: undefined, event: "message", last_id: undefined },
      { payload: "[1,\n2]", type: undefined, id: undefined, event: "message", last_id: "9" },
      { payload: "3", type: undefined, id: undefined, event: "message", last_id: "" },
    ],
  );
  assertEquals(play.states, ["connected"]);
});

Deno.test("sse: data can be a text or a whole event", async () => {
  const frame = '{"type":"event","event_type":"a","payload":1}';
  await using server = new StreamServer((visit) => visit.send(`data: ${frame}\n\n`));
  const play = async (format: "text" | "events") => {
    await using play = new Play(openSse(settings(server.url, { format }), testContext()));
    await play.until(({ found }) => found.length === 1);
    return play.found[0];
  };
  assertEquals(await play("events") as WholeEvent, { frame });
  const text = await play("text");
  assertEquals(text && "payload" in text && JSON.parse(text.payload), frame);
});

Deno.test("sse: what came together is found together", async () => {
  const events = Array.from({ length: 500 }, (_, n) => `data: ${n}\n\n`).join("");
  await using server = new StreamServer((visit) => {
    visit.send(events);
    visit.end();
  });
  const over = new AbortController();
  const sizes: number[] = [];
  for await (const news of openSse(settings(server.url), testContext()).run(over.signal)) {
    if ("findings" in news) sizes.push(news.findings.length);
    else if (news.state === "disconnected") over.abort();
  }
  assertEquals(sizes.reduce((sum, size) => sum + size), 500);
  assert(sizes.length < 10, `in ${sizes.length} parts`);
});

Deno.test("sse: text survives any cut, and a byte order mark counts only at the start", async () => {
  const data = '"\ufeffé😀\ufeff"';
  const bytes = new TextEncoder().encode(`\ufeffdata: ${data}\r\n\r\nid: é\ndata: ${data}\n\n`);
  await using server = new StreamServer((visit) => {
    for (const byte of bytes) visit.send(Uint8Array.of(byte));
  });
  await using play = new Play(openSse(settings(server.url), testContext()));
  await play.until(({ found }) => found.length === 2);
  assertEquals(payloads(play), [data, data]);
  assertEquals(play.findings.map(({ values }) => values?.last_id?.("")), [undefined, "é"]);
});

Deno.test("sse: an event that is not UTF-8 is left out and said, and the next one arrives", async () => {
  await using server = new StreamServer((visit) => {
    visit.send('data: "a"\n\ndata: "');
    visit.send(Uint8Array.of(0xff, 0xc3));
    visit.send('"\n\ndata: "b"\n\n');
  });
  const context = testContext();
  await using play = new Play(openSse(settings(server.url), context));
  await play.until(({ found }) => found.length === 2);
  assertEquals(payloads(play), ['"a"', '"b"']);
  assertEquals(context.lines, ["event: an event was left out, it is not UTF-8 (1 so far)"]);
});

Deno.test("sse: headers go along, with values from the environment", async () => {
  Deno.env.set("BUS_TEST_SSE_TOKEN", "Bearer abc");
  await using server = new StreamServer((visit) => visit.send("data: 1\n\n"));
  const headers = { authorization: { env: "BUS_TEST_SSE_TOKEN" }, "x-plain": "yes" };
  await using play = new Play(openSse(settings(server.url, { headers }), testContext()));
  await play.until(({ found }) => found.length === 1);
  const [visit] = server.visits;
  assertEquals(visit?.headers.get("authorization"), "Bearer abc");
  assertEquals(visit?.headers.get("x-plain"), "yes");
  assertEquals(visit?.headers.get("accept"), "text/event-stream");
  assertEquals(visit?.headers.get("last-event-id"), null);
});

Deno.test("sse: a hub that holds it back is waited for, and nothing is read meanwhile", async () => {
  const pieces = 512;
  const piece = new TextEncoder().encode(`data: "${"x".repeat(65_525)}"\n\n`);
  const sent = { "/free": 0, "/held": 0 };
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const path = new URL(request.url).pathname === "/free" ? "/free" : "/held";
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent[path]++ < pieces) controller.enqueue(piece);
        else controller.close();
      },
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const release = Promise.withResolvers<Outcome>();
  await using held = new Play(
    openSse(settings(`${origin}/held`), testContext()),
    () => release.promise,
  );
  await held.until(({ states }) => states.length === 1);
  await using free = new Play(openSse(settings(`${origin}/free`), testContext()));
  await free.until(({ found }) => found.length === pieces);
  assert(sent["/held"] < pieces / 2, `${sent["/held"]} pieces were read ahead`);
  release.resolve("routed");
  await held.until(({ found }) => found.length === pieces);
});

Deno.test("sse: at its stop the connection is closed, whatever it was at", async () => {
  await using server = new StreamServer((visit) => visit.send("data: 1\n\n"));
  const source = openSse(settings(server.url), testContext());
  const play = new Play(source);
  await play.until(({ found }) => found.length === 1);
  assertEquals(await play.stop(), undefined);
  await server.visits[0]?.gone;

  const clocks = new WatchedClocks();
  const pausing = new Play(openSse(settings(server.url), testContext(), clocks));
  await pausing.until(({ found }) => found.length === 1);
  server.visits[1]?.end();
  await pausing.until(({ states }) => states.length === 2);
  assertEquals(await pausing.stop(), undefined);
  assertEquals(clocks.pending, 0);
});
