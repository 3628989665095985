import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BusError } from "../../../lib/protocol/errors.ts";
import {
  checkWebsocket,
  openWebsocket,
  type WebsocketSettings,
} from "../../../lib/source/websocket.ts";
import { Play, testContext } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { frame, OPCODES, RawWebsocket, untilClosed } from "./raw_websocket.ts";
import { listen, payloads, rawUrl, settings } from "./socket_server.ts";

const LIMIT = 1_048_576;

Deno.test("websocket: a message of more bytes than can be counted ends the run, and says so to the server", async () => {
  using listener = listen();
  const play = new Play(openWebsocket(settings(rawUrl(listener)), testContext()));
  using server = await RawWebsocket.accept(listener);
  await server.send(OPCODES.text, "1");
  await server.write(frame(OPCODES.binary, "").with(1, 127));
  await server.write(new Uint8Array(8).fill(0xff));
  assertEquals((await server.read())?.opcode, OPCODES.close);
  server[Symbol.dispose]();
  assertEquals(String(await play.ended), `BusError: a message was longer than ${LIMIT} bytes`);
  assertEquals(payloads(play), ["1"]);
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

Deno.test("websocket: what is seen without its secrets is said by a check in the same words", () => {
  const check = (more: Partial<WebsocketSettings>) => {
    return checkWebsocket(settings("ws://127.0.0.1/{last_id}", more));
  };
  const noTime = "the heartbeat is no time";
  assertThrows(() => check({ heartbeat: "0s" }), BusError, noTime);
  const noHeader = "the header x-a has a character that none may have";
  assertThrows(() => check({ headers: { "x-a": "a\nb" } }), BusError, noHeader);
  const noUrl = "the url is none that begins with ws:// or wss://";
  assertThrows(() => check({ url: "ws://" }), BusError, noUrl);
  const notJson = "resume needs messages that are JSON, and the format is text";
  assertThrows(() => check({ resume: "id", format: "text" }), BusError, notJson);
  const none = { env: "BUS_TEST_NONE" };
  check({ url: none, headers: { "x-a": none, "x-b": "c" }, heartbeat: "1ms", resume: "id" });
});
