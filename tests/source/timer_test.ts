import { assertEquals, assertThrows } from "@std/assert";
import { nextTurn } from "../../lib/platform/turn.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Outcome } from "../../lib/source/source.ts";
import { openTimer, type TimerSettings } from "../../lib/source/timer.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";
import { Play, testContext } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";

/** 2026-01-02 03:04:05 UTC, a Friday: where the clocks of a test begin. */
const START = DrivenClocks.EPOCH;

/** Clocks of which a test can set the one on the wall. */
class SetClocks extends WatchedClocks {
  /** Milliseconds by which it was set. */
  shift = 0;

  override wall(): number {
    return super.wall() + this.shift;
  }
}

/** A timer that a test drives. */
class Driven implements AsyncDisposable {
  readonly clocks = new SetClocks();
  readonly context = testContext();
  readonly play: Play;

  constructor(
    settings: Omit<TimerSettings, "kind">,
    answer?: ConstructorParameters<typeof Play>[1],
  ) {
    this.play = new Play(
      openTimer({ kind: "timer", ...settings }, this.context, this.clocks),
      answer,
    );
  }

  /** The moments of the events so far, in milliseconds from the start. */
  get times(): number[] {
    return this.play.findings.map(({ time }) => Number(time) - START);
  }

  /** Lets the time pass, as fast as the timer can follow, up to a moment. */
  async passTo(moment: number): Promise<void> {
    for (let next = await this.nextDue(); next <= moment; next = await this.nextDue()) {
      this.clocks.goTo(next);
    }
    this.clocks.setTo(moment);
  }

  /** When the timer wakes next. */
  async nextDue(): Promise<number> {
    for (let turns = 0; turns < 10_000; turns++) {
      const { nextDue } = this.clocks;
      if (nextDue !== undefined && nextDue > this.clocks.monotonic()) return nextDue;
      await nextTurn();
    }
    throw new Error("it does not wait");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.play[Symbol.asyncDispose]();
    assertEquals(this.clocks.pending, 0);
  }
}

Deno.test("timer: it comes at the same distance, with the moment and a count", async () => {
  await using timer = new Driven({ every: "30s" });
  await timer.passTo(29_999);
  assertEquals(timer.play.states, ["connected"]);
  assertEquals(timer.play.found, []);
  await timer.passTo(90_000);
  await timer.play.until(({ found }) => found.length === 3);
  assertEquals(timer.times, [30_000, 60_000, 90_000]);
  const [finding] = timer.play.findings;
  assertEquals(finding?.payload, JSON.stringify({ time: START + 30_000, count: 1 }));
  assertEquals(finding?.values?.time?.(""), String(START + 30_000));
  assertEquals(timer.play.findings[2]?.payload, JSON.stringify({ time: START + 90_000, count: 3 }));
});

Deno.test("timer: a payload that is given is carried, null too", async () => {
  for (const payload of [null, 0, "a", { b: [1, "ü"] }]) {
    await using timer = new Driven({ every: "1s", payload });
    await timer.passTo(1_000);
    await timer.play.until(({ found }) => found.length === 1);
    assertEquals(timer.play.findings[0]?.payload, JSON.stringify(payload));
  }
});

Deno.test("timer: being late does not move what comes later", async () => {
  await using timer = new Driven({ every: "10s" });
  await timer.clocks.untilDue(10_000);
  timer.clocks.goTo(13_500);
  await timer.play.until(({ found }) => found.length === 1);
  await timer.clocks.untilDue(20_000);
  assertEquals(timer.times, [10_000]);
  assertEquals(timer.context.lines, []);
});

Deno.test("timer: what was missed in a sleep is counted in the log, and comes once", async () => {
  await using timer = new Driven({ every: "10s" });
  await timer.clocks.untilDue(10_000);
  timer.clocks.goTo(45_000);
  await timer.play.until(({ found }) => found.length === 1);
  await timer.clocks.untilDue(50_000);
  assertEquals(timer.times, [40_000]);
  assertEquals(timer.context.lines, ["missed: not made up for: 3 times that were missed"]);
});

Deno.test("timer: what a hub that holds back let pass is not made up for either", async () => {
  const released = Promise.withResolvers<Outcome>();
  await using timer = new Driven({ every: "10s" }, () => released.promise);
  await timer.clocks.untilDue(10_000);
  timer.clocks.goTo(10_000);
  await timer.play.until(({ found }) => found.length === 1);
  timer.clocks.setTo(30_000);
  released.resolve("routed");
  await timer.play.until(({ found }) => found.length === 2);
  await timer.clocks.untilDue(40_000);
  assertEquals(timer.times, [10_000, 30_000]);
  assertEquals(timer.context.lines, ["missed: not made up for: 1 time that was missed"]);
});

Deno.test("timer: a cron line names the moments, in its zone", async () => {
  await using timer = new Driven({ cron: "*/5 * * * *" });
  await timer.passTo(900_000);
  await timer.play.until(({ found }) => found.length === 3);
  assertEquals(timer.times, [55_000, 355_000, 655_000]);
  await using berlin = new Driven({ cron: "0 9 * * *", zone: "Europe/Berlin" });
  await using tokyo = new Driven({ cron: "0 13 * * *", zone: "Asia/Tokyo" });
  for (const [zone, hour] of [[berlin, 8], [tokyo, 4]] as const) {
    await zone.passTo(24 * 3_600_000);
    await zone.play.until(({ found }) => found.length === 1);
    assertEquals(zone.times, [Date.UTC(2026, 0, 2, hour) - START]);
  }
});

Deno.test("timer: a cron line may have seconds, or be a word", async () => {
  await using seconds = new Driven({ cron: "*/20 * * * * *" });
  await seconds.passTo(60_000);
  await seconds.play.until(({ found }) => found.length === 3);
  assertEquals(seconds.times, [15_000, 35_000, 55_000]);
  await using word = new Driven({ cron: "@hourly", zone: "UTC" });
  await word.passTo(3_600_000);
  await word.play.until(({ found }) => found.length === 1);
  assertEquals(word.times, [Date.UTC(2026, 0, 2, 4) - START]);
});

Deno.test("timer: of a cron line what was missed comes once, too, and is counted up to a bound", async () => {
  await using timer = new Driven({ cron: "* * * * * *" });
  await timer.clocks.untilDue(1_000);
  timer.clocks.goTo(61_500);
  await timer.play.until(({ found }) => found.length === 1);
  await timer.clocks.untilDue(62_000);
  timer.clocks.goTo(1_000_000_500);
  await timer.play.until(({ found }) => found.length === 2);
  await timer.clocks.untilDue(1_000_001_000);
  assertEquals(timer.times, [61_000, 1_000_000_000]);
  assertEquals(timer.context.lines, [
    "missed: not made up for: 60 times that were missed",
    "missed: not made up for: at least 10000 times that were missed",
  ]);
});

Deno.test("timer: a moment that no timer of the runtime reaches comes, and not before", async () => {
  await using timer = new Driven({ cron: "0 0 1 7 *", zone: "UTC" });
  const due = Date.UTC(2026, 6, 1) - START;
  await timer.nextDue();
  for (const moment of [due / 2, due - 40 * 86_400_000, due - 1]) {
    timer.clocks.goTo(moment);
    assertEquals(await timer.nextDue() - moment, Math.min(60_000, due - moment));
    assertEquals(timer.play.found, []);
  }
  timer.clocks.goTo(due);
  await timer.play.until(({ found }) => found.length === 1);
  assertEquals(timer.times, [due]);
});

Deno.test("timer: a clock that was set is seen within a minute, and every does not mind", async () => {
  await using cron = new Driven({ cron: "0 8 * * *", zone: "UTC" });
  const due = Date.UTC(2026, 0, 2, 8) - START;
  await cron.clocks.untilDue(60_000);
  cron.clocks.shift = -3_600_000;
  await cron.passTo(due);
  assertEquals(cron.play.found, []);
  // As after a suspension, in which the other clock stands still.
  cron.clocks.shift = 1_000;
  await cron.passTo(due + 60_000);
  await cron.play.until(({ found }) => found.length === 1);
  assertEquals(cron.times, [due]);
  await using every = new Driven({ every: "50s" });
  every.clocks.shift = 86_400_000;
  await every.passTo(100_000);
  await every.play.until(({ found }) => found.length === 2);
  assertEquals(every.times, [86_450_000, 86_500_000]);
});

Deno.test("timer: settings that say no time are refused with what is allowed", () => {
  const REFUSED: [Omit<TimerSettings, "kind">, string][] = [
    [{}, "a timer has either every or cron, one of the two"],
    [{ every: "1s", cron: "* * * * *" }, "a timer has either every or cron, one of the two"],
    [{ every: "5" }, '"5" is no time'],
    [{ every: "1s", zone: "UTC" }, "a zone is for cron: every is the same in all zones"],
    [{ cron: "61 * * * *" }, '"61 * * * *" is no cron line: Invalid value for minute: 61'],
    [{ cron: "* * *" }, '"* * *" is no cron line: invalid configuration format'],
    [{ cron: "\x1b[31m" }, '"\\x1b[31m" is no cron line: '],
    [{ cron: "2027-01-01T00:00:00" }, '"2027-01-01T00:00:00" is no cron line: it has a colon'],
    [
      { cron: "0 0 30 2 *" },
      '"0 0 30 2 *" is no cron line: it names no moment that is still to come',
    ],
    [{ cron: "* * * * *", zone: "Berlin" }, '"Berlin" is no zone'],
    [{ every: "1s", payload: () => 1 }, "the payload is no JSON value"],
  ];
  for (const [settings, reason] of REFUSED) {
    const open = () => openTimer({ kind: "timer", ...settings }, testContext());
    assertEquals(assertThrows(open, BusError, reason).code, "bad_input");
  }
});
