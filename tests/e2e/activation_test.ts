/**
 * A hub on a socket that somebody else holds: as under systemd, which listens before there is a hub
 * and goes on when it has left.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { corpus } from "./corpus.ts";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { SocketHolder } from "./socket_holder.ts";
import { eventually } from "./waiting.ts";

const IDLE = ["--idle-timeout", "1s"];

const HELLO = `{"type":"hello","event_key":"k","event_types":[">"]}`;

Deno.test("activation: who came before there was a hub is served, in their order", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  const early = [await place.wire(), await place.wire(), await place.wire()];
  for (const wire of early) await wire.send(HELLO);
  const pid = await holder.startHub();
  const acks = [];
  for (const wire of early) acks.push((await wire.frame()).first_for_key);
  assertEquals(acks, [true, false, false]);
  const status = await place.status();
  assertEquals([status.pid, status.active_conns, status.socket], [pid, 3, place.socket]);
  for (const wire of early) wire.close();
  assertEquals(await holder.hubEnded(), 0);
});

Deno.test("activation: the whole corpus goes through, byte for byte", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  // Nobody starts another hub here, should this one leave before the consumer has come.
  const keeper = await place.wire();
  await keeper.send(HELLO);
  await holder.startHub();
  await keeper.frame();
  const sent = corpus();
  const limit = ["--max-events", String(sent.length)];
  const consumer = await place.consume(["gh", "--types", "github.>", "--payload", ...limit]);
  keeper.close();
  await place.publish(
    ...sent.map(({ type, payload }) =>
      `{"type":"event","event_type":"${type}","payload":${payload}}`
    ),
  );
  const { code, stdout } = await consumer.end();
  assertEquals(code, 0);
  assertEquals(wholeLines(stdout), sent.map(({ payload }) => payload));
  assertEquals(await holder.hubEnded(), 0);
});

Deno.test("activation: a hub that leaves takes nobody's socket, and the next one serves who came", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  const { ino } = await Deno.lstat(place.socket);
  const first = await holder.startHub();
  assertEquals(await holder.hubEnded(), 0);
  assertStringIncludes(holder.stderr, "nobody has needed this hub for 1 s: it leaves");
  assertEquals((await Deno.lstat(place.socket)).ino, ino);
  const wires = [await place.wire(), await place.wire()];
  for (const wire of wires) await wire.send(HELLO);
  const second = await holder.startHub();
  assert(second !== first);
  for (const wire of wires) assertEquals((await wire.frame()).type, "hello_ack");
  Deno.kill(second, "SIGTERM");
  for (const wire of wires) assertEquals((await wire.frame()).type, "bye");
  assertEquals(await holder.hubEnded(), 0);
  assertEquals((await Deno.lstat(place.socket)).ino, ino);
});

Deno.test("activation: a hub that is there already keeps a second one out", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  const pid = await holder.startHub();
  const consumer = await place.wire();
  await consumer.send(HELLO);
  await consumer.frame();
  const { code, stderr } = await place.run(["serve"]);
  assertEquals([code, stderr.split("\n").length], [1, 2]);
  assertStringIncludes(stderr, `another hub is running on ${place.socket}`);
  assertEquals((await place.status()).pid, pid);
  assertEquals(await place.run(["stop"]).then(({ code }) => code), 0);
  assertEquals(await holder.hubEnded(), 0);
  assert((await Deno.lstat(place.socket)).isSocket);
});

Deno.test("activation: what a publisher sent that went before there was a hub is routed", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  const publisher = await place.wire();
  const event = JSON.stringify({ type: "event", event_type: "t", payload: "x".repeat(1_000) });
  // In one write: the system then holds so much for one who has not been accepted yet.
  await publisher.write(`${event}\n`.repeat(170));
  publisher.close();
  await holder.startHub();
  await eventually("all is routed", async () => (await place.status()).published === 170);
  assertEquals(await holder.hubEnded(), 0);
});

Deno.test("activation: a consumer that takes nothing for 5 s is cut off, and holds up nobody", async () => {
  await using place = await Place.empty();
  await using holder = await SocketHolder.at(place, IDLE);
  await holder.startHub();
  const stuck = await place.wire();
  await stuck.send(HELLO);
  await stuck.frame();
  const consumer = await place.consume(["k", "--types", ">", "--max-events", "2000"]);
  const payload = "x".repeat(1_000);
  for (let round = 0; round < 4; round++) {
    await place.publish(...Array.from({ length: 500 }, () => ({ event_type: "t", payload })));
  }
  assertEquals((await consumer.end()).code, 0);
  const { closed } = await place.statusOnce(
    "the stuck one is closed",
    ({ closed }) => closed.some(({ reason }) => reason === "slow"),
  );
  const slow = closed.find(({ reason }) => reason === "slow");
  assertEquals([slow?.received, (slow?.dropped ?? 0) > 0], [2_000, true]);
  stuck.close();
  assertEquals(await holder.hubEnded(), 0);
});

Deno.test("activation: a descriptor that is no socket, or several, are refused in one line", async () => {
  await using place = await Place.empty();
  const cases: [string, number, RegExp][] = [
    ["exec 3</dev/null", 1, /^error: descriptor 3, handed on, cannot be listened on: .+\n$/],
    ["exec 3<&-", 1, /^error: descriptor 3, handed on, cannot be listened on: .+\n$/],
    [":", 2, /^error: 2 sockets are handed to this hub, it serves one\n$/],
  ];
  for (const [prepare, count, said] of cases) {
    const script = `${prepare}; export LISTEN_PID=$$ LISTEN_FDS=${count}; exec bus serve`;
    const { code, stderr } = await place.shell(script);
    assertEquals([code, said.test(stderr)], [1, true], `${prepare}: ${stderr}`);
  }
});

Deno.test("activation: a socket that is meant for another process is not taken", async () => {
  await using place = await Place.empty();
  const hub = await place.serve([], { env: { LISTEN_PID: "1", LISTEN_FDS: "1" } });
  assertEquals((await place.status()).pid, hub.pid);
});
