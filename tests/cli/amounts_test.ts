import { assertEquals } from "@std/assert";
import { bytes, duration } from "../../lib/cli/amounts.ts";

Deno.test("duration() is the two largest units, in whole seconds", () => {
  assertEquals([0, 999, 1000, 61_500].map(duration), ["0s", "0s", "1s", "1m 1s"]);
  assertEquals(duration(90_061_000), "1d 1h");
});

Deno.test("bytes() are in powers of 1024, as the flags take them", () => {
  assertEquals([0, 999, 1024, 1536, 8 * 1024 ** 2].map(bytes), [
    "0 B",
    "999 B",
    "1 KiB",
    "1.5 KiB",
    "8 MiB",
  ]);
});
