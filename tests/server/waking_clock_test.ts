import { assertEquals } from "@std/assert";
import { WakingClock } from "../../lib/server/waking_clock.ts";
import { within } from "../../lib/platform/within.ts";
import { DrivenClocks } from "./driven_clocks.ts";
import { settle } from "./peer.ts";

Deno.test("WakingClock.now() counts while it is looked at every second", () => {
  const clocks = new DrivenClocks();
  clocks.setTo(500);
  const clock = new WakingClock(clocks);
  const start = clock.now();
  for (let second = 1; second <= 10; second++) {
    clocks.setTo(500 + second * 1_000);
    assertEquals(clock.now() - start, second * 1_000);
  }
});

Deno.test("WakingClock.now() stands still over a gap of more than a second, and then goes on", () => {
  const clocks = new DrivenClocks();
  const clock = new WakingClock(clocks);
  clocks.setTo(1_001);
  assertEquals(clock.now(), 0);
  clocks.setTo(1_501);
  assertEquals(clock.now(), 500);
  clocks.setTo(3_600_000);
  assertEquals([clock.now(), clock.now()], [500, 500]);
  clocks.setTo(3_600_100);
  assertEquals(clock.now(), 600);
});

Deno.test("WakingClock.wall() is the system's time, gaps and all", () => {
  const clocks = new DrivenClocks();
  const clock = new WakingClock(clocks);
  clocks.setTo(3_600_000);
  assertEquals(clock.wall(), DrivenClocks.EPOCH + 3_600_000);
});

Deno.test("within() ends with what it waits for, or when the time is over", async () => {
  const clocks = new DrivenClocks();
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended: string[] = [];
  const waits = [
    within(clocks, 1_000, promise).then(() => ended.push("long")),
    within(clocks, 100, promise).then(() => ended.push("short")),
  ];
  clocks.setTo(99);
  clocks.ring();
  await settle();
  assertEquals(ended, []);
  clocks.setTo(100);
  clocks.ring();
  await settle();
  assertEquals(ended, ["short"]);
  resolve();
  await Promise.all(waits);
  assertEquals([ended, clocks.pending], [["short", "long"], 0]);
});
