import { assertEquals } from "@std/assert";
import { LookTimes } from "../../../lib/source/watch/look_times.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

/** Looks at everything, which takes some milliseconds. Returns how long after that the next one is. */
function rest(times: LookTimes, clocks: DrivenClocks, took: number, hasPipe = false): number {
  const began = times.begin();
  clocks.setTo(began + took);
  times.end(began, hasPipe);
  return times.due - clocks.monotonic();
}

Deno.test("look times: where nothing is heard it is a minute, or fifty times what a look took", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  assertEquals([rest(times, clocks, 0), rest(times, clocks, 2_000)], [60_000, 100_000]);
});

Deno.test("look times: a lapse is looked for soon, but not before the rest after a look is over", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  rest(times, clocks, 400);
  times.lapse(50);
  assertEquals(times.due - clocks.monotonic(), 800);
  clocks.setTo(clocks.monotonic() + 2_000);
  const began = times.begin();
  times.lapse(50);
  times.end(began, false);
  assertEquals(times.due - clocks.monotonic(), 50);
});

Deno.test("look times: with a pipe it is two seconds, or fifty times what a look took", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  assertEquals([rest(times, clocks, 0, true), rest(times, clocks, 100, true)], [2_000, 5_000]);
});

Deno.test("look times: it stays so until the pipe is gone and something was heard after that", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  rest(times, clocks, 0, true);
  times.hear();
  assertEquals(rest(times, clocks, 0, true), 2_000);
  assertEquals([rest(times, clocks, 0), rest(times, clocks, 0)], [2_000, 2_000]);
  times.hear();
  assertEquals(rest(times, clocks, 0), 60_000);
});

Deno.test("look times: another one who listens is not deaf", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  rest(times, clocks, 0, true);
  times.listenAnew();
  assertEquals(rest(times, clocks, 0), 60_000);
});

Deno.test("look times: that there is a pipe is news once, and again after it made nobody deaf", () => {
  const clocks = new DrivenClocks();
  const times = new LookTimes(clocks);
  const news = (hasPipe: boolean) => times.end(times.begin(), hasPipe);
  assertEquals([false, true, true, false, true].map(news), [false, true, false, false, false]);
  news(false);
  times.hear();
  assertEquals(news(true), true);
});
