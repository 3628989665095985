import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { JsonLines } from "../../lib/source/json_lines.ts";
import { corpus } from "../e2e/corpus.ts";

function texts(...lines: string[]): string[] {
  const json = new JsonLines();
  return [...lines.flatMap((line) => json.take([line])), ...json.end()];
}

Deno.test("json lines: real webhooks arrive, printed in one line or in many, mixed", () => {
  const printed = corpus().map(({ payload }, at) =>
    at % 3 === 0 ? payload : JSON.stringify(JSON.parse(payload), undefined, at % 3)
  );
  const json = new JsonLines();
  assertEquals(json.take(printed.join("\n").split("\n")), printed);
  assertEquals(json.end(), []);
});

Deno.test("json lines: a line that is whole, or no beginning, stands for itself", () => {
  const lines = ["1", '"a"', "{}", '{"a":[1]}', "no JSON", "]", "}", '"a": 1,', ""];
  assertEquals(texts(...lines), lines);
});

Deno.test("json lines: what closes anywhere in a line is closed", () => {
  assertEquals(texts('{"a": [1,', "2]}", "3"), ['{"a": [1,\n2]}', "3"]);
  assertEquals(texts('{"}": "[', "1"), ['{"}": "[', "1"]);
  assertEquals(texts("[", '"]\\"["', "]"), ['[\n"]\\"["\n]']);
});

Deno.test("json lines: a beginning that nothing comes of takes no other lines along", () => {
  assertEquals(texts("{", '{"a":1}', '{"b":2}'), ["{", '{"a":1}', '{"b":2}']);
  assertEquals(texts("{", '"a": 1', "}}", "2"), ["{", '"a": 1', "}}", "2"]);
  assertEquals(texts("[", "1,"), ["[", "1,"]);
  assertEquals(texts("[", "1,", "2 3,", "4", "]"), ["[", "1,", "2 3,", "4", "]"]);
});

Deno.test("json lines: one without end is let go of, and costs no more than its length", () => {
  const json = new JsonLines();
  const start = performance.now();
  const lines = ["[", ...Array.from({ length: 530_000 }, () => "1,")];
  const taken = json.take(lines);
  assertEquals(taken.slice(0, 3), ["[", "1,", "1,"]);
  assertEquals(taken.length + json.end().length, lines.length);
  const deep = Array.from({ length: 20_000 }, () => "[");
  assertEquals([...json.take(deep), ...json.end()], deep);
  // Each of them looked at with all before it would take hours.
  assertEquals(performance.now() - start < 20_000, true);
});

Deno.test("JsonLines takes no longer for a string without its end than it is long", () => {
  const lines = new JsonLines();
  // With a look from each quote for the end this would take an hour.
  const line = `{${'"\\'.repeat(400_000)}`;
  assertEquals(lines.take([line, "1"]), [line, "1"]);
});

Deno.test("JsonLines takes a text of several lines right behind a line that is none", () => {
  const lines = new JsonLines();
  const text = ["{", ' "a": [', "1", "]", "}"];
  assertEquals(lines.take(["{ no", ...text, "2"]), ["{ no", text.join("\n"), "2"]);
  const begun = ["{", '"a": {', "oops"];
  assertEquals(lines.take([...begun, ...text, ...text]), [
    ...begun,
    text.join("\n"),
    text.join("\n"),
  ]);
  assertEquals(lines.end(), []);
});

Deno.test("JsonLines gives each line back once, whatever stands in them", () => {
  const line = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    "[1,",
    "2]",
    '{"a":',
    "1}",
    "x",
    '"',
    "{ no",
    "",
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 40 }), (taken) => {
    const lines = new JsonLines();
    assertEquals([...lines.take(taken), ...lines.end()].join("\n"), taken.join("\n"));
  }));
});
