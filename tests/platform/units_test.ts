import { assertEquals } from "@std/assert";
import { formatSize, parseDuration, parseRate, parseSize } from "../../lib/platform/units.ts";

Deno.test("parseDuration() reads a time with its unit, and nothing else", () => {
  const texts = ["500ms", "30s", "1.5m", "1h", "0s", "5", "-1s", "1d", "600h", "1e3s", " 1s"];
  const times = [500, 30_000, 90_000, 3_600_000, ...Array(7).fill(undefined)];
  assertEquals(texts.map(parseDuration), times);
});

Deno.test("parseSize() reads what formatSize() writes", () => {
  for (const bytes of [1, 1_023, 1_024, 1_536, 8 * 1_024 ** 2, 3 * 1_024 ** 3]) {
    assertEquals(parseSize(formatSize(bytes)), bytes);
  }
  assertEquals(["1.5KiB", "1KB", "12", "x"].map(parseSize), [1_536, ...Array(3).fill(undefined)]);
});

Deno.test("parseRate() reads a count in a time", () => {
  assertEquals(parseRate("100/s"), { count: 100, milliseconds: 1_000 });
  assertEquals(parseRate("5/h"), { count: 5, milliseconds: 3_600_000 });
  assertEquals(["0/s", "1", "1/d", "1.5/s", "/s"].map(parseRate), Array(5).fill(undefined));
});
