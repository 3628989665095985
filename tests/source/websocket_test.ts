import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome } from "../../lib/source/source.ts";
import { openWebsocket, type WebsocketSettings } from "../../lib/source/websocket.ts";
import { Play, testContext } from "./kit.ts";
import { frame, OPCODES, RawWebsocket, untilClosed } from "./websocket/raw_websocket.ts";
import { WatchedClocks } from "./watched_clocks.ts";

const LIMIT = 1_048_576;

/** A connection as the server sees it. */
interface Visit {
  readonly url: URL;
  readonly headers: Headers;
  readonly socket: WebSocket;
  readonly received: unknown[];
  /** Resolves with the code with which it was closed. */
  readonly closed: Promise<number>;
}

/** A server that sends what the test says. */
class SocketServer implements AsyncDisposable {
  readonly visits: Visit[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param greet is called when a connection is open */
  constructor(greet: (visit: Visit, count: number) => void = () => {}) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const url = new URL(request.url);
      const headers = new Headers(request.headers);
      const protocol = headers.get("sec-websocket-protocol");
      const { socket, response } = Deno.upgradeWebSocket(request, {
        idleTimeout: 0,
        ...(protocol ? { protocol } : {}),
      });
      const closed = Promise.withResolvers<number>();
      const visit = { url, headers, socket, received: [] as unknown[], closed: closed.promise };
      this.visits.push(visit);
      socket.onopen = () => greet(visit, this.visits.length);
      socket.onmessage = ({ data }) => void visit.received.push(data);
      socket.onclose = ({ code }) => closed.resolve(code);
      socket.onerror = () => {};
      return response;
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/live?token=hidden`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function settings(url: string, more: Partial<WebsocketSettings> = {}): WebsocketSettings {
  return { kind: "websocket", url, ...more };
}

function rawUrl(listener: Deno.TcpListener): string {
  return `ws://127.0.0.1:${listener.addr.port}/live`;
}

function listen(): Deno.TcpListener {
  return Deno.listen({ port: 0, hostname: "127.0.0.1" });
}

function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}

Deno.test("websocket: messages arrive in order, as they are", async () => {
  const messages = Array.from({ length: 1_000 }, (_, n) => `{"n": ${n}.0}`);
  await using server = new SocketServer(({ socket }) => {
    for (const message of messages) socket.send(message);
  });
  await using play = new Play(openWebsocket(settings(server.url), testContext()));
  await play.until(({ found }) => found.length === messages.length);
  assertEquals(payloads(play), messages);
  assertEquals(play.states, ["connected"]);
});

Deno.test("websocket: a message can be a text or a whole event", async () => {
  const event = '{"type":"event","event_type":"a","payload":1}';
  await using server = new SocketServer(({ socket }) => socket.send(event));
  const first = async (format: "text" | "events") => {
    await using play = new Play(openWebsocket(settings(server.url, { format }), testContext()));
    await play.until(({ found }) => found.length === 1);
    return play.found[0];
  };
  assertEquals(await first("events"), { frame: event });
  assertEquals(await first("text"), { payload: JSON.stringify(event) });
});

Deno.test("websocket: a binary message counts if it is UTF-8; another is left out and said", async () => {
  await using server = new SocketServer(({ socket }) => {
    socket.send(new TextEncoder().encode('"é"'));
    socket.send(Uint8Array.of(0x22, 0xff, 0x22));
    socket.send("3");
  });
  const context = testContext();
  await using play = new Play(openWebsocket(settings(server.url), context));
  await play.until(({ found }) => found.length === 2);
  assertEquals(payloads(play), ['"é"', "3"]);
  assertEquals(context.lines, ["binary: a message was left out, it is not UTF-8"]);
});

Deno.test("websocket: headers go along, with values from the environment", async () => {
  Deno.env.set("BUS_TEST_WS_TOKEN", "Bearer abc");
  await using server = new SocketServer(({ socket }) => socket.send("1"));
  const headers = {
    authorization: { env: "BUS_TEST_WS_TOKEN" },
    "x-plain": "yes",
    "Sec-WebSocket-Protocol": "one",
  };
  await using play = new Play(openWebsocket(settings(server.url, { headers }), testContext()));
  await play.until(({ found }) => found.length === 1);
  const [visit] = server.visits;
  assertEquals(visit?.headers.get("authorization"), "Bearer abc");
  assertEquals(visit?.headers.get("x-plain"), "yes");
  assertEquals(visit?.headers.get("sec-websocket-protocol"), "one");
});

Deno.test("websocket: what is to be sent arrives in order and once", async () => {
  const send = [
    "hello {all}",
    { op: "subscribe", since: "{last_id}", to: ["{last_id}", 1, null] },
    [1.5],
    "since={last_id}",
  ];
  await using server = new SocketServer(({ socket, received }) => {
    socket.addEventListener("message", () => {
      if (received.length === send.length) socket.send('{"meta": {"id": 12345678901234567890}}');
    });
  });
  const source = openWebsocket(
    settings(`${server.url}&since={last_id}`, { send, resume: "meta.id" }),
    testContext(),
  );
  for (const id of ["", "12345678901234567890"]) {
    await using play = new Play(source);
    await play.until(({ found }) => found.length === 1);
    const visit = server.visits.at(-1);
    assertEquals(visit?.received, [
      "hello {all}",
      `{"op":"subscribe","since":"${id}","to":["${id}",1,null]}`,
      "[1.5]",
      `since=${id}`,
    ]);
    assertEquals(visit?.url.searchParams.get("since"), id);
  }
});

Deno.test("websocket: a server that dies ends the run, and the next one begins after what was routed", async () => {
  using listener = listen();
  const outcomes: Record<string, Outcome> = { 1: "routed", 2: "duplicate", 3: "refused" };
  const source = openWebsocket(
    settings(`${rawUrl(listener)}?since={last_id}`, { resume: "id" }),
    testContext(),
  );
  const first = new Play(source, (finding) => {
    const id = "payload" in finding ? /\d/.exec(finding.payload)?.[0] : undefined;
    return outcomes[id ?? ""] ?? "routed";
  });
  {
    using server = await RawWebsocket.accept(listener);
    assertStringIncludes(server.request, "GET /live?since= HTTP/1.1");
    for (const text of ['{"id":"a 1"}', '{"id":"b&2"}', '{"id":3', '{"no":4}']) {
      await server.send(OPCODES.text, text);
    }
    await first.until(({ found }) => found.length === 4);
  }
  assertEquals(String(await first.ended), "BusError: the connection was lost");
  await using second = new Play(source);
  using server = await RawWebsocket.accept(listener);
  assertStringIncludes(server.request, "GET /live?since=b%262 HTTP/1.1");
  await second.until(({ states }) => states.length === 1);
});

Deno.test("websocket: what came before the end arrives, and then why it ended", async () => {
  await using server = new SocketServer(({ socket }) => {
    socket.send("1");
    socket.close(4_001, "come\nback");
  });
  const play = new Play(openWebsocket(settings(server.url), testContext()));
  assertEquals(
    String(await play.ended),
    "BusError: the server closed the connection: 4001 come\\nback",
  );
  assertEquals(payloads(play), ["1"]);
});

Deno.test("websocket: a server that has fallen silent is left, and any frame is a sign of life", async () => {
  const clocks = new WatchedClocks();
  using listener = listen();
  const play = new Play(
    openWebsocket(settings(rawUrl(listener), { heartbeat: "10s" }), testContext(), clocks),
  );
  using server = await RawWebsocket.accept(listener);
  await play.until(({ states }) => states.length === 1);
  let beat = 10_000;
  for (; beat <= 50_000; beat += 10_000) {
    await clocks.untilDue(beat);
    clocks.goTo(beat);
    assertEquals((await server.read())?.opcode, OPCODES.ping);
    await server.send(OPCODES.pong, "");
    await server.send(OPCODES.ping, "heard?");
    assertEquals(await server.read(), { opcode: OPCODES.pong, text: "heard?" });
  }
  clocks.goTo(beat);
  assertEquals((await server.read())?.opcode, OPCODES.ping);
  clocks.goTo(beat + 10_000);
  assertEquals(
    String(await play.ended),
    "BusError: nothing came for 20 s, no answer to a ping either",
  );
  assertEquals(await server.read(), undefined);
  assertEquals(clocks.pending, 0);
});

Deno.test("websocket: who stood still does not take the server for silent", async () => {
  const clocks = new WatchedClocks();
  using listener = listen();
  await using play = new Play(openWebsocket(settings(rawUrl(listener)), testContext(), clocks));
  using server = await RawWebsocket.accept(listener);
  await play.until(({ states }) => states.length === 1);
  clocks.goTo(100_000);
  assertEquals((await server.read())?.opcode, OPCODES.ping);
  clocks.goTo(130_000);
  assertEquals((await server.read())?.opcode, OPCODES.ping);
  await server.send(OPCODES.text, "1");
  await play.until(({ found }) => found.length === 1);
});

Deno.test("websocket: of a server that floods it with pings and reads nothing not all are answered", async () => {
  using listener = listen();
  await using play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
  using server = await RawWebsocket.accept(listener);
  const ping = frame(OPCODES.ping, "x".repeat(125));
  const pings = new Uint8Array(ping.length * 512);
  for (let at = 0; at < pings.length; at += ping.length) pings.set(ping, at);
  const pieces = 200;
  for (let sent = 0; sent < pieces; sent++) await server.write(pings);
  await server.send(OPCODES.text, "1");
  await play.until(({ found }) => found.length === 1);
  let answers = 0;
  for (let text: string | undefined = ""; text !== "mark"; text = (await server.read())?.text) {
    if (answers++ % 1_000 === 0) await server.send(OPCODES.ping, "mark");
  }
  assert(answers < pieces * 512, `${answers} answers`);
});

Deno.test("websocket: a part of a long message is a sign of life too", async () => {
  const clocks = new WatchedClocks();
  using listener = listen();
  await using play = new Play(
    openWebsocket(settings(rawUrl(listener), { heartbeat: "10s" }), testContext(), clocks),
  );
  using server = await RawWebsocket.accept(listener);
  await play.until(({ states }) => states.length === 1);
  const message = frame(OPCODES.text, `"${"x".repeat(300_000)}"`);
  await server.send(OPCODES.ping, "before");
  assertEquals((await server.read())?.text, "before");
  clocks.goTo(10_000);
  assertEquals((await server.read())?.opcode, OPCODES.ping);
  clocks.setTo(19_000);
  const heard = play.until(({ found }) => found.length === 1);
  await server.write(message.subarray(0, 200_000));
  await server.write(message.subarray(200_000));
  await heard;
  clocks.goTo(20_000);
  assertEquals((await server.read())?.opcode, OPCODES.ping);
});

Deno.test("websocket: who holds it back for long does not take the server for silent", async () => {
  const clocks = new WatchedClocks();
  using listener = listen();
  const release = Promise.withResolvers<Outcome>();
  await using play = new Play(
    openWebsocket(settings(rawUrl(listener), { heartbeat: "10s" }), testContext(), clocks),
    () => release.promise,
  );
  using server = await RawWebsocket.accept(listener);
  await play.until(({ states }) => states.length === 1);
  await server.send(OPCODES.text, "1");
  await play.until(({ found }) => found.length === 1);
  for (const beat of [10_000, 20_000, 30_000, 40_000]) {
    clocks.goTo(beat);
    assertEquals((await server.read())?.opcode, OPCODES.ping);
  }
  await server.send(OPCODES.text, "2");
  release.resolve("routed");
  await play.until(({ found }) => found.length === 2);
});

Deno.test("websocket: a message over its limit ends the run, and says so to the server", async () => {
  const fits = `"${"x".repeat(LIMIT - 2)}"`;
  const messages = [
    frame(OPCODES.text, `${fits} `),
    new Uint8Array([
      ...frame(OPCODES.text, fits, false).subarray(0, 10),
      ...new TextEncoder().encode(fits),
      ...frame(OPCODES.continuation, " "),
    ]),
    frame(OPCODES.binary, "").with(1, 127),
  ];
  for (const message of messages) {
    using listener = listen();
    const play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
    using server = await RawWebsocket.accept(listener);
    await server.send(OPCODES.text, fits);
    await server.write(message);
    if (message.length < 100) await server.write(new Uint8Array(8).fill(0xff));
    const close = await server.read();
    assertEquals(close?.opcode, OPCODES.close);
    server[Symbol.dispose]();
    assertEquals(String(await play.ended), `BusError: a message was longer than ${LIMIT} bytes`);
    assertEquals(payloads(play), [fits]);
  }
});

Deno.test("websocket: what is no WebSocket ends the run with a reason", async () => {
  const cases: [Uint8Array, RegExp][] = [
    [frame(OPCODES.text, Uint8Array.of(0xff)), /UTF-8/],
    [frame(OPCODES.text, "1").with(0, 0xc1), /RSV1/],
    [Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x31), /MASK/],
    [new TextEncoder().encode("HTTP/1.1 500"), /./],
  ];
  for (const [bytes, reason] of cases) {
    using listener = listen();
    const play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
    using server = await RawWebsocket.accept(listener);
    await server.write(bytes);
    assertEquals((await server.read())?.opcode, OPCODES.close);
    server[Symbol.dispose]();
    const text = String(await play.ended);
    assert(text.startsWith("BusError: ") && reason.test(text), text);
  }
});

Deno.test("websocket: a message in too many parts ends the run", async () => {
  using listener = listen();
  const play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
  using server = await RawWebsocket.accept(listener);
  await server.send(OPCODES.text, "1", false);
  const parts = Array.from({ length: 1_024 }, () => frame(OPCODES.continuation, "1", false));
  await server.write(new Uint8Array(parts.flatMap((part) => [...part])));
  assertEquals((await server.read())?.opcode, OPCODES.close);
  server[Symbol.dispose]();
  assertEquals(String(await play.ended), "BusError: a message came in too many parts");
});

Deno.test("websocket: a hub that holds it back is waited for, and nothing is read meanwhile", async () => {
  const count = 512;
  const message = `"${"x".repeat(65_534)}"`;
  await using server = new SocketServer(({ socket }) => {
    for (let sent = 0; sent < count; sent++) socket.send(message);
  });
  const release = Promise.withResolvers<Outcome>();
  const source = () => openWebsocket(settings(server.url), testContext());
  await using held = new Play(source(), () => release.promise);
  await held.until(({ found }) => found.length > 0);
  await using free = new Play(source());
  await free.until(({ found }) => found.length === count);
  const unsent = server.visits[0]?.socket.bufferedAmount ?? 0;
  assert(unsent > count * message.length / 2, `only ${unsent} bytes wait at the server`);
  assert(held.found.length < 5, `${held.found.length} were handed out at once`);
  release.resolve("routed");
  await held.until(({ found }) => found.length === count);
});

Deno.test("websocket: at its stop the server is told, and a server that does not answer is left", async () => {
  await using server = new SocketServer();
  const play = new Play(openWebsocket(settings(server.url), testContext()));
  await play.until(({ states }) => states.length === 1);
  assertEquals(await play.stop(), undefined);
  assertEquals(await server.visits[0]?.closed, 1_000);

  using listener = listen();
  const deaf = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
  using raw = await RawWebsocket.accept(listener);
  await deaf.until(({ states }) => states.length === 1);
  await raw.send(OPCODES.text, "1");
  const ended = deaf.stop();
  assertEquals((await raw.read())?.opcode, OPCODES.close);
  await raw.send(OPCODES.ping, "");
  assertEquals(await raw.read(), undefined);
  assertEquals(await ended, undefined);
});

Deno.test("websocket: it can be stopped while the server has not answered yet", async () => {
  using listener = listen();
  const play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
  using connection = await listener.accept();
  assertEquals(await play.stop(), undefined);
  await untilClosed(connection);
});

Deno.test("websocket: a server that does not answer in time fails the run", async () => {
  const clocks = new WatchedClocks();
  using listener = listen();
  const url = rawUrl(listener);
  const play = new Play(openWebsocket(settings(`${url}?secret`), testContext(), clocks));
  using connection = await listener.accept();
  clocks.goTo(10_000);
  const reason = `BusError: ${url} cannot be reached: it did not answer in time`;
  assertEquals(String(await play.ended), reason);
  await untilClosed(connection);
});

Deno.test("websocket: a server that refuses fails the run, and neither body nor query is said", async () => {
  const gone = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("secret")),
      cancel: () => gone.resolve(),
    });
    return new Response(body, { status: 401, headers: { location: "http://secret/" } });
  });
  const url = `ws://127.0.0.1:${server.addr.port}/live`;
  const reason = async () => {
    const play = new Play(openWebsocket(settings(`${url}?token=secret#x`), testContext()));
    return String(await play.ended).replace(`BusError: ${url} `, "");
  };
  assertEquals(await reason(), "answered 401");
  await gone.promise;
  await server.shutdown();
  const refused = await reason();
  assertStringIncludes(refused, "cannot be reached: ");
  assertStringIncludes(refused, "Connection refused");
  assert(!refused.includes("secret"), refused);
});

Deno.test("websocket: what cannot work is said before it is run", () => {
  const reason = (more: Partial<WebsocketSettings>) => {
    try {
      openWebsocket(settings("ws://127.0.0.1/", more), testContext());
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  const schemes = "the url is none that begins with ws:// or wss://";
  assertEquals(reason({ url: "http://127.0.0.1/?secret" }), schemes);
  assertEquals(reason({ url: { env: "BUS_TEST_NONE" } }), "the variable BUS_TEST_NONE is not set");
  assertEquals(reason({ heartbeat: "0s" }), "the heartbeat is no time");
  const both = "resume and {last_id} need each other";
  assertEquals(reason({ resume: "id" }), both);
  assertEquals(reason({ send: [{ since: "{last_id}" }] }), both);
  assertEquals(
    reason({ send: ["{last_id}"], resume: "id", format: "text" }),
    "resume needs messages that are JSON, and the format is text",
  );
  assertEquals(reason({ send: ["{last_id}"], resume: "id", format: "events" }), undefined);
});
