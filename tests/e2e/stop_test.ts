/**
 * How a hub ends, and how the commands end that meet one that does not.
 */

import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertMatch } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import { eventually } from "./waiting.ts";

Deno.test("stop: returns when the hub has gone, its socket with it and its lock free", async () => {
  await using place = await Place.withHub();
  const { pid } = place.hub;
  assertEquals(await place.run(["stop"]), {
    code: 0,
    stdout: "",
    stderr: `stopped the hub on ${place.socket} (pid ${pid})\n`,
  });
  const lock = await Deno.open(`${place.socket}.lock`, { read: true, write: true });
  assertEquals(await lock.tryLock(true), true);
  lock.close();
  await assertAbsent(place.socket);
  assertEquals((await place.hub.end(1_000)).code, 0);
  assertEquals((await place.run(["stop"])).code, 3);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`stop: at ${signal} everybody learns why, and the hub exits 0`, async () => {
    await using place = await Place.withHub();
    const consumer = await place.consume(["k", "--types", "t", "--no-reconnect"]);
    const publisher = place.start(["publish", "t", "--ndjson"], { stdin: "open" });
    await publisher.write("1\n");
    await eventually("its event is there", () => consumer.stdout.endsWith("\n"));
    place.hub.signal(signal);
    // Where npx is between a terminal and the hub, one Ctrl-C arrives twice.
    if (!place.hub.hasEnded) place.hub.signal(signal);
    const { code } = await place.hub.end();
    assertEquals(code, 0);
    await assertAbsent(place.socket);
    const [consumed, published] = [await consumer.end(), await publisher.end()];
    assertEquals([consumed.code, published.code], [4, 4]);
    assertMatch(consumed.stderr, /^ended: 1 event, 0 lost, reason=hub gone, last=false$/m);
    for (const { stderr } of [consumed, published]) {
      assertMatch(stderr, new RegExp(`^error: .*the hub on ${place.socket} was stopped`, "m"));
    }
  });
}

Deno.test("stop: a hub that has no terminal outlives a SIGHUP", async () => {
  await using place = await Place.withHub();
  place.hub.signal("SIGHUP");
  await place.publish({ event_type: "t", payload: 1 });
  assertEquals(place.hub.hasEnded, false);
});

Deno.test("stop: consumers get what waits for them, and a bye as the last frame", async () => {
  await using place = await Place.withHub();
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  assertEquals((await wire.frame()).type, "hello_ack");
  // More than the system buffers for one who reads nothing.
  const payload = "x".repeat(1_000);
  const count = 900;
  await place.publish(
    ...Array.from({ length: count }, () => ({ event_type: "t", payload })),
  );
  const { consumers } = await place.status();
  assert((consumers[0]?.queued ?? 0) > 0, "something waits");
  place.hub.signal("SIGTERM");
  const frames = (await wire.rest()).map((line) => JSON.parse(line));
  assertEquals(frames.pop(), { type: "bye", reason: "stopped" });
  assertEquals(frames.map(({ seq }) => seq), Array.from({ length: count }, (_, at) => at + 1));
  assertEquals((await place.hub.end()).code, 0);
});

Deno.test("stop: a consumer that takes nothing holds a hub up for 2.5 s, not longer", async () => {
  await using place = await Place.withHub();
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  await wire.frame();
  await place.publish(
    ...Array.from({ length: 900 }, () => ({ event_type: "t", payload: "x".repeat(1_000) })),
  );
  const start = performance.now();
  const { code } = await place.run(["stop"]);
  const took = performance.now() - start;
  assertEquals(code, 0);
  assertGreaterOrEqual(took, 2_000);
  assertLess(took, 4_500);
  assertEquals((await place.hub.end(1_000)).code, 0);
});

Deno.test("stop: with a hub that hangs status, publish and stop end in time with 1", async () => {
  await using place = await Place.withHub();
  await place.hub.freeze();
  const { pid } = place.hub;
  const force = `end it with: bus stop --force --socket ${place.socket}`;
  const cases: [args: string[], seconds: number][] = [
    [["status"], 3],
    [["publish", "t", "1"], 3],
    [["stop"], 10],
  ];
  await Promise.all(cases.map(async ([args, seconds]) => {
    const start = performance.now();
    const { code, stdout, stderr } = await place.run(args);
    const took = performance.now() - start;
    assertEquals([code, stdout], [1, ""], args.join(" "));
    const sentence = `the hub on ${place.socket} (pid ${pid}) does not answer (${force})`;
    assertEquals(stderr, `error: ${sentence}\n`);
    assertGreaterOrEqual(took, seconds * 1_000);
    assertLess(took, seconds * 1_000 + 5_000);
  }));
  // The stop was heard all the same.
  place.hub.thaw();
  assertEquals((await place.hub.end()).code, 0);
});

Deno.test("stop: while a hub hangs a consumer says after 1 s what it waits for", async () => {
  await using place = await Place.withHub();
  await place.hub.freeze();
  const consumer = place.start(["consume", "k", "--types", "t", "--max-events", "1"]);
  const line = await consumer.says(/^waiting for /);
  assertMatch(line, new RegExp(`the hub on ${place.socket} \\(pid ${place.hub.pid}\\)`));
  place.hub.thaw();
  await consumer.says(/^ready /);
  await place.publish({ event_type: "t", payload: 1 });
  assertEquals((await consumer.end()).code, 0);
});
