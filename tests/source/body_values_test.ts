import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { bodyValues } from "../../lib/source/body_values.ts";

Deno.test("bodyValues() finds nothing on the way of what is inherited", () => {
  const body = bodyValues('{"__proto__":{"x":"own"},"text":"abc"}');
  assertEquals(body("__proto__.x"), "own");
  assertEquals(body("constructor"), undefined);
  assertEquals(body("text.length"), undefined);
  assertEquals(bodyValues('"abc"')(""), "abc");
  assertEquals(bodyValues("1.0")(""), "1.0");
});

Deno.test("bodyValues() takes the last of a name that stands twice, however it is written", () => {
  assertEquals(bodyValues('{"a":1,"\\u0061":"last","b":0}')("a"), "last");
  assertEquals(bodyValues('{"é":{"\\ud83d\\ude00":[0,"x"]}}')("é.😀.1"), "x");
});

Deno.test("bodyValues() takes an index only as it is written in numbers", () => {
  const body = bodyValues('[ [ ] , "b" , { "0" : "c" } ]');
  assertEquals(["1", "2.0", "0", "0.0", "3", "01", "-1", "1.0", ""].map(body), [
    "b",
    "c",
    ...Array(7).fill(undefined),
  ]);
});

Deno.test("bodyValues() finds nothing in what is no JSON", () => {
  for (const text of ["", "{", '{"a"', '{"a":', '{"a":1', "nul", '"']) {
    assertEquals(bodyValues(text)("a"), undefined, text);
  }
});

Deno.test("bodyValues() finds in any payload what JSON.parse finds", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.boolean(), (value, isWide) => {
    const body = bodyValues(JSON.stringify(value, null, isWide ? 2 : 0));
    for (const [path, scalar] of scalars(value)) {
      if (/[.]|^$/.test(path.join(""))) continue;
      const expected = typeof scalar === "number" ? JSON.stringify(scalar) : String(scalar);
      assertEquals(body(path.join(".")), scalar === null ? undefined : expected);
    }
  }));
});

/** All values that are neither arrays nor objects, with their paths. */
function* scalars(value: unknown, path: string[] = []): Generator<[string[], unknown]> {
  if (typeof value !== "object" || value === null) return yield [path, value];
  for (const [name, inner] of Object.entries(value)) {
    if (name !== "") yield* scalars(inner, [...path, name]);
  }
}

Deno.test("bodyValues() makes nothing of what it is not asked for", () => {
  // Made whole, this takes half a second.
  const payload = `[${Array(300_000).fill("{}")},"last"]`;
  const since = performance.now();
  assertEquals(bodyValues(payload)("300000"), "last");
  assertLess(performance.now() - since, 300);
});
