import { assertEquals } from "@std/assert";
import { backoff } from "../../lib/platform/backoff.ts";

const RANGE = { shortest: 25, longest: 2000 };

Deno.test("backoff() doubles up to the longest, and stays there", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 100, 5000].map((attempt) => backoff(attempt, RANGE, 1));
  assertEquals(pauses, [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000, 2000]);
});

Deno.test("backoff() spreads those who begin together over half of the pause", () => {
  assertEquals([0, 0.5, 1].map((random) => backoff(1, RANGE, random)), [50, 75, 100]);
});

Deno.test("backoff() is never shorter than the shortest, nor longer than the longest", () => {
  for (const attempt of [0, 1, 9]) {
    for (const random of [0, 0.3, 1]) {
      assertEquals(backoff(attempt, { shortest: 10, longest: 10 }, random), 10);
    }
  }
  assertEquals(backoff(0, RANGE, 0), 25);
});
