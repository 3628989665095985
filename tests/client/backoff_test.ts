import { assertEquals } from "@std/assert";
import { backoff } from "../../lib/client/backoff.ts";

Deno.test("backoff() doubles from 50 ms up to the longest, and stays there", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 100, 5000].map((attempt) => backoff(attempt, 2000, 1));
  assertEquals(pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
});

Deno.test("backoff() spreads those who begin together over half of the pause", () => {
  assertEquals([0, 0.5, 1].map((random) => backoff(1, 2000, random)), [50, 75, 100]);
});
