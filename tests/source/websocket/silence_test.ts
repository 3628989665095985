import { assert, assertEquals } from "@std/assert";
import type { Outcome } from "../../../lib/source/source.ts";
import { openWebsocket } from "../../../lib/source/websocket.ts";
import { Play, testContext } from "../kit.ts";
import { WatchedClocks } from "../watched_clocks.ts";
import { frame, OPCODES, RawWebsocket } from "./raw_websocket.ts";
import { listen, rawUrl, settings } from "./socket_server.ts";

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
