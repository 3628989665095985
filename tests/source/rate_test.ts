import { assertEquals } from "@std/assert";
import { Rate } from "../../lib/source/rate.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

Deno.test("rate: so many at once, then one after the other", () => {
  const clocks = new DrivenClocks();
  const rate = new Rate(2, 1_000, clocks);
  assertEquals([rate.take(), rate.take(), rate.take()], [0, 0, 500]);
  clocks.setTo(250);
  assertEquals(rate.take(), 250);
  clocks.setTo(500);
  assertEquals([rate.take(), rate.take()], [0, 500]);
});

Deno.test("rate: one that is given back can be taken again, and no more than the count", () => {
  const rate = new Rate(2, 1_000, new DrivenClocks());
  rate.giveBack();
  assertEquals([rate.take(), rate.take()], [0, 0]);
  rate.giveBack();
  assertEquals([rate.take(), rate.take()], [0, 500]);
});

Deno.test("rate: a long quiet time gains no more than the count", () => {
  const clocks = new DrivenClocks();
  const rate = new Rate(3, 60_000, clocks);
  clocks.setTo(3_600_000);
  assertEquals([rate.take(), rate.take(), rate.take(), rate.take()], [0, 0, 0, 20_000]);
});
