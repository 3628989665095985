import { assertEquals, assertRejects } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import { EventStream, type StreamEnd } from "../../../lib/source/sse/event_stream.ts";
import { settle } from "../../server/peer.ts";
import { WatchedClocks } from "../watched_clocks.ts";

const HEARTBEAT_MS = 1_000;

const KIND = "text/event-stream";

/** A stream, and the server that it is asked from: `fetch` itself, until it is disposed of. */
class Server implements AsyncDisposable {
  readonly clocks = new WatchedClocks();
  /** The headers of each request. */
  readonly requests: Headers[] = [];
  readonly stream: EventStream;
  wasCancelled = false;
  readonly #over = new AbortController();
  readonly #fetch = globalThis.fetch;
  readonly #body = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();

  constructor({ answers = true, contentType = KIND, lastId = "" } = {}) {
    globalThis.fetch = (_, init) => {
      this.requests.push(new Headers(init?.headers));
      const { signal } = init ?? {};
      if (answers) return Promise.resolve(this.#response(contentType));
      return new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    };
    this.stream = new EventStream({
      address: { url: new URL("http://h/"), name: "h", headers: [["x-own", "1"]] },
      lastId,
      heartbeat: HEARTBEAT_MS,
      clocks: this.clocks,
      onRetry: () => {},
      signal: this.#over.signal,
    });
  }

  async send(text: string): Promise<void> {
    (await this.#body.promise).enqueue(new TextEncoder().encode(text));
  }

  /** Ends the stream, or breaks it. */
  async end(error?: Error): Promise<void> {
    const body = await this.#body.promise;
    if (error) body.error(error);
    else body.close();
  }

  abort(): void {
    this.#over.abort();
  }

  /** The data of all events until the end. */
  async read(): Promise<string[]> {
    const texts: string[] = [];
    for await (const messages of this.stream.messages()) {
      texts.push(...messages.map(({ data }) => data));
    }
    return texts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stream.close();
    globalThis.fetch = this.#fetch;
    assertEquals(this.clocks.pending, 0, "alarms are still set");
  }

  #response(contentType: string): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => this.#body.resolve(controller),
      cancel: () => void (this.wasCancelled = true),
    });
    return new Response(body, { headers: contentType ? { "content-type": contentType } : {} });
  }
}

const ENDS: [what: string, end: StreamEnd, bringAbout: (server: Server) => Promise<void> | void][] =
  [
    ["ends", "ended", (server) => server.end()],
    ["breaks", "broken", (server) => server.end(new TypeError("reset"))],
    ["falls silent", "silent", async ({ clocks }) => {
      await clocks.untilDue(HEARTBEAT_MS);
      clocks.goTo(HEARTBEAT_MS);
    }],
    ["is ended", "aborted", (server) => server.abort()],
  ];

for (const [what, end, bringAbout] of ENDS) {
  Deno.test(`event stream: what came before it ${what} is handed out, and how it ended is known`, async () => {
    await using server = new Server();
    await server.stream.open();
    assertEquals(server.stream.hasSpoken, false);
    const reading = server.read();
    await server.send("data: 1\n\nid: a\ndata: 2\n\nid: b\n\ndata: half");
    await settle();
    await bringAbout(server);
    assertEquals(await reading, ["1", "2"]);
    const { stream } = server;
    assertEquals([stream.end, stream.hasSpoken, stream.lastId], [end, true, "b"]);
  });
}

Deno.test("event stream: a server that does not answer within the heartbeat fails it", async () => {
  await using server = new Server({ answers: false });
  const opening = assertRejects(() => server.stream.open(), BusError);
  await server.clocks.untilDue(HEARTBEAT_MS);
  server.clocks.goTo(HEARTBEAT_MS);
  assertEquals((await opening).message, "h cannot be reached: it did not answer");
});

Deno.test("event stream: one that is ended before it is open has nothing, and fails nobody", async () => {
  {
    await using server = new Server();
    server.abort();
    await server.stream.open();
    assertEquals([server.requests.length, await server.read()], [0, []]);
    assertEquals(server.stream.end, "aborted");
  }
  await using server = new Server({ answers: false });
  const opening = server.stream.open();
  await server.clocks.untilDue(HEARTBEAT_MS);
  server.abort();
  await opening;
  assertEquals([server.requests.length, await server.read()], [1, []]);
  assertEquals([server.stream.end, server.stream.hasSpoken], ["aborted", false]);
});

Deno.test("event stream: it is asked for by its kind and its last id, and never from a store", async () => {
  for (const [lastId, sent] of [["", null], ["Ã©1", "Ã©1"]] as const) {
    await using server = new Server({ lastId });
    await server.stream.open();
    const [headers] = server.requests;
    const names = ["accept", "cache-control", "last-event-id", "x-own"];
    assertEquals(names.map((name) => headers?.get(name)), [KIND, "no-store", sent, "1"]);
  }
});

Deno.test("event stream: its kind may be written in any case and with more behind it, and no other is taken", async () => {
  for (const contentType of [KIND, "Text/Event-Stream", `${KIND};charset=utf-8`, `${KIND} ; a=b`]) {
    await using server = new Server({ contentType });
    await server.stream.open();
  }
  for (const contentType of ["text/event-streams", `x-${KIND}`, "text/event", ""]) {
    await using server = new Server({ contentType });
    const error = await assertRejects(() => server.stream.open(), BusError);
    const what = contentType || "no content type";
    assertEquals(error.message, `h answered with ${what} and not with ${KIND}`);
    await server.stream.close();
    assertEquals(server.wasCancelled, true);
  }
});

Deno.test("event stream: who takes nothing reads nothing ahead, and hears no silence", async () => {
  await using server = new Server();
  await server.stream.open();
  const messages = server.stream.messages();
  for (let n = 1; n <= 20; n++) await server.send(`data: ${n}\n\n`);
  assertEquals((await messages.next()).value?.[0]?.data, "1");
  await settle();
  assertEquals(server.clocks.pending, 0);
  server.clocks.goTo(10 * HEARTBEAT_MS);
  let last: string | undefined;
  const reading = (async () => {
    for await (const together of messages) last = together.at(-1)?.data;
  })();
  await server.end();
  await reading;
  assertEquals([last, server.stream.end], ["20", "ended"]);
});

Deno.test("event stream: close() lets go of what nobody has read, and nothing of it is handed out", async () => {
  await using server = new Server();
  await server.stream.open();
  await server.send("data: 1\n\n");
  await server.stream.close();
  assertEquals(server.wasCancelled, true);
  assertEquals(await server.read(), []);
});
