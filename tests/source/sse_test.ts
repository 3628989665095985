import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome, WholeEvent } from "../../lib/source/source.ts";
import { openSse, type SseSettings } from "../../lib/source/sse.ts";
import { Play, testContext } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";

/** One request of a source, and the stream that it gets. */
interface Visit {
  readonly headers: Headers;
  readonly gone: Promise<void>;
  /** Sends a text, or bytes. */
  send(piece: string | Uint8Array): void;
  /** Ends the stream well. */
  end(): void;
}

/** A server that streams what the test says. */
class StreamServer implements AsyncDisposable {
  readonly visits: Visit[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(greet: (visit: Visit, count: number) => void) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const gone = Promise.withResolvers<void>();
      let hasEnded = false;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          const visit: Visit = {
            headers: request.headers,
            gone: gone.promise,
            send: (piece) =>
              controller.enqueue(
                typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
              ),
            end: () => {
              hasEnded = true;
              controller.close();
            },
          };
          this.visits.push(visit);
          greet(visit, this.visits.length);
        },
        cancel: () => gone.resolve(),
      });
      request.signal.addEventListener("abort", () => hasEnded || gone.resolve());
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/events?token=hidden`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function settings(url: string, more: Partial<SseSettings> = {}): SseSettings {
  return { kind: "sse", url, ...more };
}

function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}

Deno.test("sse: events arrive in order with their data, their names and their ids", async () => {
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
      { payload: '{"n": 1.50}', type: "push", id: "7", event: "push", last_id: "7" },
      { payload: "2", type: undefined, id: undefined, event: "message", last_id: undefined },
      { payload: "[1,\n2]", type: undefined, id: "9", event: "message", last_id: "9" },
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
  assertEquals(play.findings.map(({ id }) => id), [undefined, "é"]);
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
  assertEquals(context.lines, ["event: an event was left out, it is not UTF-8"]);
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

Deno.test("sse: after the end of the stream it comes back by itself, where it was", async () => {
  const clocks = new WatchedClocks();
  await using server = new StreamServer((visit, count) => {
    if (count === 1) visit.send("id: é1\ndata: 1\n\nid: é2\n\n");
    if (count === 2) visit.send("retry: 250\ndata: 2\n\n");
    if (count < 3) visit.end();
  });
  await using play = new Play(openSse(settings(server.url), testContext(), clocks));
  await clocks.untilDue(3_000);
  clocks.goTo(3_000);
  await clocks.untilDue(3_250);
  clocks.goTo(3_250);
  await play.until(({ states }) => states.length === 7);
  assertEquals(payloads(play), ["1", "2"]);
  assertEquals(play.states, [
    "connected",
    "disconnected: the stream ended; it connects again in 3 s",
    "reconnecting",
    "connected",
    "disconnected: the stream ended; it connects again in 0.25 s",
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
  await clocks.untilDue(100);
  clocks.goTo(100);
  await clocks.untilDue(3_600_100);
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
  assertEquals(first.findings.map(({ id }) => id), ["good", undefined, "a\x01b"]);
  await using second = new Play(source);
  await second.until(({ states }) => states.length === 1);
  assertEquals(server.visits[1]?.headers.get("last-event-id"), "good");
  assertEquals(
    new Set(context.lines),
    new Set(["id: an id that no header can hold is not sent back"]),
  );
});

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

Deno.test("sse: what is no stream of events fails the run, and neither body nor query is said", async () => {
  const gone = Promise.withResolvers<void>();
  const answers: Record<string, () => Response> = {
    none: () => new Response(null, { status: 204 }),
    no: () => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("secret")),
        cancel: () => gone.resolve(),
      });
      return new Response(body, { status: 401 });
    },
    moved: () => Response.redirect("http://127.0.0.1:9/?secret", 307),
    page: () => new Response("secret", { headers: { "content-type": "text/html" } }),
    empty: () => new Response("", { headers: { "content-type": "text/event-stream" } }),
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    return answers[new URL(request.url).pathname.slice(1)]?.() ?? new Response(null);
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const reason = async (path: string) => {
    const play = new Play(openSse(settings(`${origin}/${path}?token=secret#x`), testContext()));
    return String(await play.ended).replace("BusError: ", "").replace(origin, "");
  };
  assertEquals(await reason("none"), "/none answered 204: nothing more comes from there");
  assertEquals(await reason("no"), "/no answered 401");
  await gone.promise;
  assertEquals(await reason("moved"), "/moved answered 307");
  assertEquals(
    await reason("page"),
    "/page answered with text/html and not with text/event-stream",
  );
  assertEquals(await reason("empty"), "the stream ended before anything came");
  await server.shutdown();
  const refused = await reason("gone");
  assertStringIncludes(refused, "/gone cannot be reached: ");
  assertStringIncludes(refused, "Connection refused");
  assert(!refused.includes("secret"), refused);
});

Deno.test("sse: of what fetch says nothing is said that could name the url", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = (url) => Promise.reject(new TypeError(`it did not like ${url}`));
  try {
    const url = "http://127.0.0.1/events?token=secret";
    const play = new Play(openSse(settings(url), testContext()));
    const reason = "http://127.0.0.1/events cannot be reached: the connection failed";
    assertEquals(String(await play.ended), `BusError: ${reason}`);
  } finally {
    globalThis.fetch = fetch;
  }
});

Deno.test("sse: of a url that is a secret only the server is said", async () => {
  Deno.env.set("BUS_TEST_SSE_URL", "http://127.0.0.1:1/path/of/secrets");
  const url = { env: "BUS_TEST_SSE_URL" };
  const play = new Play(openSse({ kind: "sse", url }, testContext()));
  const reason = String(await play.ended);
  assertStringIncludes(reason, "http://127.0.0.1:1 cannot be reached: ");
  assert(!reason.includes("path"), reason);
});

Deno.test("sse: an event over its limit ends the run, after those before it", async () => {
  const line = `data: ${"x".repeat(65_530)}\n`;
  await using server = new StreamServer((visit, count) => {
    visit.send("data: 1\n\n");
    if (count === 1) { for (let sent = 0; sent < 17; sent++) visit.send(line); }
    else for (let sent = 0; sent < 17; sent++) visit.send(line.replaceAll("\n", " "));
  });
  const source = openSse(settings(server.url), testContext());
  for (const run of [0, 1]) {
    const play = new Play(source);
    assertEquals(String(await play.ended), "BusError: an event is longer than 1048576 bytes");
    assertEquals(payloads(play), ["1"]);
    await server.visits[run]?.gone;
  }
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

Deno.test("sse: what cannot work is said before it is run", () => {
  const reason = (more: Partial<SseSettings>) => {
    try {
      openSse(settings("http://127.0.0.1/", more), testContext());
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  Deno.env.set("BUS_TEST_SSE_BAD", "a\nb");
  const schemes = "the url is none that begins with http:// or https://";
  assertEquals(reason({ url: "ws://127.0.0.1/?secret" }), schemes);
  assertEquals(reason({ url: "http://" }), schemes);
  assertEquals(reason({ url: { env: "BUS_TEST_NONE" } }), "the variable BUS_TEST_NONE is not set");
  assertEquals(
    reason({ headers: { "x-a": { env: "BUS_TEST_SSE_BAD" } } }),
    "the header x-a has a character that none may have",
  );
  assertEquals(reason({ heartbeat: "0s" }), "the heartbeat is no time");
  assertEquals(reason({}), undefined);
});
