/**
 * A hub that leaves when nobody needs it.
 */

import { assertEquals, assertGreaterOrEqual, assertLess, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

const IDLE_MS = 1_500;
const IDLE = ["--idle-timeout", `${IDLE_MS}ms`];

/** Milliseconds that looking, saying so and ending may take beyond the idle time. */
const GRACE_MS = 8_000;

const LEAVES = new RegExp(`^\\S+Z nobody has needed this hub for ${IDLE_MS / 1000} s: it leaves$`);

/** Expects that the hub ends by itself, in time since a moment, and leaves nothing but its lock. */
async function leaves({ hub, directory }: Place, since: number): Promise<void> {
  const { code, stderr } = await hub.end();
  const took = performance.now() - since;
  assertEquals(code, 0, stderr);
  assertGreaterOrEqual(took, IDLE_MS);
  assertLess(took, IDLE_MS + GRACE_MS);
  const [listening, ...said] = wholeLines(stderr);
  assertMatch(listening ?? "", /^listening on /);
  assertEquals(said.length, 1, stderr);
  assertMatch(said[0] ?? "", LEAVES);
  const left = [];
  for await (const { name } of Deno.readDir(directory)) left.push(name);
  assertEquals(left, ["bus.sock.lock"]);
}

Deno.test("idle: a hub that nobody needs leaves in time with 0, and leaves but its lock", async () => {
  const before = performance.now();
  await using place = await Place.withHub(...IDLE);
  await leaves(place, before);
  using lock = await Deno.open(`${place.socket}.lock`, { read: true, write: true });
  assertEquals(await lock.tryLock(true), true);
});

Deno.test("idle: questions do not keep a hub", async () => {
  const before = performance.now();
  await using place = await Place.withHub(...IDLE);
  await eventually("it is no longer there", async () => {
    const { code } = await place.run(["status"]);
    return code === 3;
  });
  await leaves(place, before);
});

Deno.test("idle: a consumer keeps it, and the time counts from the end of the last one", async () => {
  await using place = await Place.withHub(...IDLE);
  const wires = [await place.wire(), await place.wire()];
  for (const wire of wires) {
    await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
    assertEquals((await wire.frame()).type, "hello_ack");
  }
  await place.statusOnce("it is older than its idle time", ({ uptime_sec }) => uptime_sec >= 3);
  wires[0]?.close();
  await place.statusOnce("one is gone", ({ active_conns }) => active_conns === 1);
  const last = performance.now();
  wires[1]?.close();
  await leaves(place, last);
});

Deno.test("idle: publishers that come and go at once keep it", async () => {
  await using place = await Place.withHub(...IDLE);
  const start = performance.now();
  let last = start;
  while (performance.now() - start < 3 * IDLE_MS) {
    const wire = await place.wire();
    last = performance.now();
    await wire.send(`{"type":"event","event_type":"t","payload":1}`, `{"type":"flush","id":1}`);
    assertEquals((await wire.frame()).type, "flush_ack");
    wire.close();
    // The next one comes when most of the idle time is over.
    await eventually("a while has passed", () => performance.now() - last > 0.6 * IDLE_MS);
  }
  await leaves(place, last);
});

Deno.test("idle: 0 is for never", async () => {
  await using place = await Place.withHub("--idle-timeout", "0");
  await place.statusOnce("a while has passed", ({ uptime_sec }) => uptime_sec >= 3);
  assertEquals(place.hub.hasEnded, false);
});

Deno.test("idle: a hub that was stopped by SIGSTOP for long does not leave when it goes on", async () => {
  await using place = await Place.withHub(...IDLE);
  await place.hub.freeze();
  const asleep = performance.now();
  await eventually("its idle time is over", () => performance.now() - asleep > 2 * IDLE_MS);
  const woken = performance.now();
  place.hub.thaw();
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  assertEquals((await wire.frame()).type, "hello_ack");
  assertLess(performance.now() - woken, GRACE_MS);
  const gone = performance.now();
  wire.close();
  await leaves(place, gone);
});
