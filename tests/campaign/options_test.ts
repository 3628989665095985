import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readOptions } from "./options.ts";

Deno.test("a campaign's seed that is told again is the same", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), (seconds, seed) => {
    const again = ["--seconds", String(seconds), "--seed", String(seed), "--only", "grammar"];
    assertEquals(readOptions(again, 60), { seconds, seed, only: "grammar" });
  }));
  for (let count = 0; count < 100; count++) {
    const { seed } = readOptions([], 60);
    assertEquals(readOptions(["--seed", String(seed)], 60).seed, seed);
  }
});

for (
  const args of [["--seed", "-1"], ["--seed=-1"], ["--seed", "1.5"], ["--seed", ""], ["--sede"]]
) {
  Deno.test(`a campaign refuses ${args.join(" ")}`, () => {
    assertThrows(() => readOptions(args, 60), RangeError);
  });
}
