import { assertEquals } from "@std/assert";
import { MOST_COUNTED, scheduleOf } from "../../../lib/source/timer/schedule.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

const { EPOCH } = DrivenClocks;

Deno.test("schedule: of an interval no moment counts before it begins", () => {
  const clocks = new DrivenClocks();
  const schedule = scheduleOf({ every: "10s" }, clocks);
  assertEquals(schedule.wait(), Infinity);
  clocks.setTo(5_000);
  schedule.begin();
  assertEquals(schedule.wait(), 10_000);
});

Deno.test("schedule: who takes late does not move the moments, and hears how many were missed", () => {
  const clocks = new DrivenClocks();
  const schedule = scheduleOf({ every: "10s" }, clocks);
  schedule.begin();
  clocks.setTo(10_300);
  assertEquals(schedule.take(), { time: EPOCH + 10_000, missed: 0 });
  assertEquals(schedule.wait(), 9_700);
  clocks.setTo(45_000);
  assertEquals(schedule.take(), { time: EPOCH + 40_000, missed: 2 });
  assertEquals(schedule.wait(), 5_000);
});

Deno.test("schedule: a cron line goes by the clock on the wall, in its zone", () => {
  const clocks = new DrivenClocks();
  const wait = (zone: string) => scheduleOf({ cron: "0 6 * * *", zone }, clocks).wait();
  // It is 03:04:05 UTC.
  assertEquals(wait("UTC"), ((2 * 60 + 55) * 60 + 55) * 1_000);
  assertEquals(wait("Europe/Berlin"), ((1 * 60 + 55) * 60 + 55) * 1_000);
});

Deno.test("schedule: of a cron line the next moment is found anew where the clock was set back", () => {
  const clocks = new DrivenClocks();
  const schedule = scheduleOf({ cron: "* * * * *" }, clocks);
  assertEquals(schedule.wait(), 55_000);
  clocks.setTo(-30_000);
  assertEquals(schedule.wait(), 85_000);
  clocks.setTo(-3_600_000);
  assertEquals(schedule.wait(), 55_000);
});

Deno.test("schedule: of a cron line the last moment that has passed is taken", () => {
  const clocks = new DrivenClocks();
  const schedule = scheduleOf({ cron: "* * * * *" }, clocks);
  clocks.setTo(55_000);
  assertEquals([schedule.wait(), schedule.take()], [0, { time: EPOCH + 55_000, missed: 0 }]);
  clocks.setTo(55_000 + 3 * 60_000 + 1);
  assertEquals(schedule.take(), { time: EPOCH + 55_000 + 3 * 60_000, missed: 2 });
  assertEquals(schedule.wait(), 59_999);
});

Deno.test("schedule: what was missed of a cron line is counted up to a bound, and the last is right", () => {
  const clocks = new DrivenClocks();
  const schedule = scheduleOf({ cron: "* * * * * *" }, clocks);
  clocks.setTo((MOST_COUNTED + 5_000) * 1_000 + 500);
  const { time, missed } = schedule.take();
  assertEquals(missed, MOST_COUNTED);
  assertEquals(time, EPOCH + (MOST_COUNTED + 5_000) * 1_000);
  assertEquals(schedule.wait(), 500);
});
