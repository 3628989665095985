/**
 * What a hub's memory does when somebody is not kind to it.
 */

import { assertEquals, assertGreaterOrEqual, assertLess, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { eventually } from "./waiting.ts";

const MB = 1024 * 1024;

Deno.test("memory: a consumer that takes nothing for 5 s is closed, whatever is sent at it", async () => {
  await using place = await Place.withHub();
  const reader = await place.consume(["reader", "--types", "load.other", "--max-events", "1"]);
  const stuck = await place.consume(["stuck", "--types", "load.>", "--no-reconnect"]);
  const start = place.hub.memory();
  await stuck.freeze();
  const frozenAt = performance.now();
  const event = JSON.stringify({
    type: "event",
    event_type: "load.big",
    payload: "x".repeat(10_000),
  });
  await place.publish(...Array.from({ length: 8_000 }, () => event));
  await place.publish({ event_type: "load.other", payload: 1 });
  assertEquals((await reader.end()).code, 0);

  const { closed } = await place.statusOnce(
    "it is closed",
    ({ closed }) => closed.some(({ event_key }) => event_key === "stuck"),
  );
  const took = performance.now() - frozenAt;
  assertGreaterOrEqual(took, 5_000);
  const row = closed.find(({ event_key }) => event_key === "stuck");
  assertEquals([row?.pid, row?.reason], [stuck.pid, "slow"]);
  // On a busy machine it may be closed before all has come.
  const { received = 0, dropped = 0, delivered = 0, queued = 0 } = row ?? {};
  assertGreaterOrEqual(dropped, 1);
  assertEquals(dropped + delivered + queued, received);
  assertMatch(place.hub.stderr, /consumer closed: reason=slow event_key="stuck"/);
  assertLess(place.hub.memoryPeak() - start, 160 * MB);
  stuck.thaw();
  const end = await stuck.end();
  assertEquals(end.code, 4);
});

Deno.test("memory: a line that never ends is cut off at 1 MiB, and its connection with it", async () => {
  await using place = await Place.withHub();
  const consumer = await place.consume(["k", "--types", "t"]);
  const start = place.hub.memory();
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  const firsts = [
    "",
    `{"type":"hello","event_key":"k","event_types":["u"]}\n`,
    `{"type":"event","event_type":"t","payload":1}\n`,
  ];
  for (const first of firsts) {
    const wire = await place.wire();
    assertEquals(await wire.write(first), true);
    let sent = 0;
    while (sent < 64 * MB && await wire.write(chunk)) sent += chunk.length;
    assertGreaterOrEqual(sent, MB);
    assertLess(sent, 3 * MB);
    wire.close();
  }
  assertLess(place.hub.memoryPeak() - start, 32 * MB);
  await place.publish({ event_type: "t", payload: 2 });
  await eventually("both events are there", () => consumer.stdout.split("\n").length === 3);
  const { active_conns, closed } = await place.status();
  assertEquals(active_conns, 1);
  assertEquals(closed.map(({ reason }) => reason), ["protocol"]);
});
