import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Outcome } from "../../lib/source/source.ts";
import { openWebsocket } from "../../lib/source/websocket.ts";
import { Play, testContext } from "./kit.ts";
import { OPCODES, RawWebsocket, untilClosed } from "./websocket/raw_websocket.ts";
import { listen, payloads, rawUrl, settings, SocketServer } from "./websocket/socket_server.ts";

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
  assertEquals(context.lines, ["message: a message was left out, it is not UTF-8 (1 so far)"]);
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
