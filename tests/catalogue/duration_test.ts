import { assert, assertEquals } from "@std/assert";
import schema from "../../lib/catalogue/catalogue.schema.json" with { type: "json" };
import { parseDuration } from "../../lib/platform/units.ts";

const PATTERN = new RegExp(schema.$defs.duration.pattern, "u");

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Numbers with and without what makes them more than nothing, at every place. */
function numbers(): string[] {
  const wholes = ["0", "00", "000", "01", "1", "10", "500"];
  const places = Array.from({ length: 6 }, (_, zeros) => "0".repeat(zeros));
  const fractions = places.flatMap((zeros) =>
    ["0", "1", "4", "5", "9"].map((last) => `.${zeros}${last}`)
  );
  return wholes.flatMap((whole) => ["", ...fractions].map((fraction) => whole + fraction));
}

Deno.test("durations: one that the schema takes is more than nothing to whoever reads it", () => {
  for (const number of numbers()) {
    for (const [unit, milliseconds] of Object.entries(UNITS)) {
      const text = `${number}${unit}`;
      if (PATTERN.test(text)) assert(parseDuration(text) !== undefined, text);
      // In minutes nobody writes less than a hundred of them.
      else assert(Number(number) * milliseconds < 6, text);
    }
  }
});

Deno.test("durations: the schema takes those with a unit only", () => {
  const texts = ["500ms", "30s", "1.5m", "0.5h", "0.001s", "1ms", "007s"];
  assertEquals(texts.filter((text) => !PATTERN.test(text)), []);
  const others = [
    "",
    "5",
    "s",
    "0s",
    "0",
    "-1s",
    "1d",
    "1 s",
    "1e3s",
    "1s\n",
    "0.s",
    "0.9ms",
    "0.0h",
  ];
  assertEquals(others.filter((text) => PATTERN.test(text)), []);
});
