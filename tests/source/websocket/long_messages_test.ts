import { assertEquals, assertStringIncludes } from "@std/assert";
import { openWebsocket } from "../../../lib/source/websocket.ts";
import { Play, testContext } from "../kit.ts";
import { OPCODES, RawWebsocket } from "./raw_websocket.ts";
import { listen, payloads, rawUrl, settings } from "./socket_server.ts";

const LIMIT = 1_048_576;

const SAID = `message: a message was left out, it is longer than ${LIMIT} bytes`;

Deno.test("websocket: a message over its limit is left out, counted and said, and what is behind it arrives", async () => {
  using listener = listen();
  const context = testContext();
  await using play = new Play(openWebsocket(settings(rawUrl(listener)), context));
  using server = await RawWebsocket.accept(listener);
  const fits = `"${"x".repeat(LIMIT - 2)}"`;
  await server.send(OPCODES.text, fits);
  await server.send(OPCODES.text, `${fits} `);
  await server.send(OPCODES.text, "2");
  await server.send(OPCODES.binary, new Uint8Array(3 * LIMIT));
  await server.send(OPCODES.text, "3");
  await play.until(({ found }) => found.length === 3);
  assertEquals(payloads(play), [fits, "2", "3"]);
  assertEquals(play.states, ["connected"]);
  assertEquals(context.lines, [`${SAID} (1 so far)`, `${SAID} (2 so far)`]);
});

Deno.test("websocket: a long message in parts is left out with all of them, and pings between are answered", async () => {
  using listener = listen();
  const context = testContext();
  await using play = new Play(openWebsocket(settings(rawUrl(listener)), context));
  using server = await RawWebsocket.accept(listener);
  // The cut between the parts goes through a character.
  const half = new TextEncoder().encode(`é${"x".repeat(LIMIT / 2)}`);
  await server.send(OPCODES.text, "1");
  await server.send(OPCODES.text, half.subarray(0, 1), false);
  await server.send(OPCODES.continuation, half.subarray(1), false);
  await server.send(OPCODES.ping, "within");
  await server.send(OPCODES.continuation, half, false);
  await server.send(OPCODES.ping, "behind");
  for (let sent = 0; sent < 2_000; sent++) await server.send(OPCODES.continuation, "y", false);
  await server.send(OPCODES.continuation, half);
  await server.send(OPCODES.text, "2");
  assertEquals(await server.read(), { opcode: OPCODES.pong, text: "within" });
  assertEquals(await server.read(), { opcode: OPCODES.pong, text: "behind" });
  await play.until(({ found }) => found.length === 2);
  assertEquals(payloads(play), ["1", "2"]);
  assertEquals(play.states, ["connected"]);
  assertEquals(context.lines, [`${SAID} (1 so far)`]);
});

Deno.test("websocket: a server that resumes is asked for what is behind a message over the limit", async () => {
  using listener = listen();
  const url = `${rawUrl(listener)}?since={last_id}`;
  const source = openWebsocket(settings(url, { resume: "id" }), testContext());
  const first = new Play(source);
  {
    using server = await RawWebsocket.accept(listener);
    await server.send(OPCODES.text, '{"id":"a"}');
    await server.send(OPCODES.text, `{"id":"b","long":"${"x".repeat(LIMIT)}"}`);
    await server.send(OPCODES.text, '{"id":"c"}');
    await first.until(({ found }) => found.length === 2);
  }
  assertEquals(String(await first.ended), "BusError: the connection was lost");
  await using second = new Play(source);
  using server = await RawWebsocket.accept(listener);
  assertStringIncludes(server.request, "GET /live?since=c HTTP/1.1");
  await second.until(({ states }) => states.length === 1);
});
