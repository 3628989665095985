import { assert, assertEquals } from "@std/assert";
import { CatalogueText } from "../../lib/catalogue/catalogue_text.ts";

const TEXT = `{
  // What a person wrote.
  "keys": { "github.push": { "capacity": 5 } },
  "sources": {
    "hook":
      { "kind": "http", "list": [1,
        2, ], },
    "1": {}
  },
}`;

Deno.test("catalogue text: comments and commas at ends are no faults", () => {
  const { value, faults } = new CatalogueText(TEXT);
  assertEquals(faults, []);
  assertEquals(value, {
    keys: { "github.push": { capacity: 5 } },
    sources: { hook: { kind: "http", list: [1, 2] }, "1": {} },
  });
});

Deno.test("catalogue text: of a value the line is known where its name stands, or it itself", () => {
  const text = new CatalogueText(TEXT);
  const lines = [
    [],
    ["keys", "github.push"],
    ["sources", "hook"],
    ["sources", "hook", "list", 1],
    ["sources", 1],
  ].map((path) => text.lineOf(path));
  assertEquals(lines, [1, 3, 5, 7, 8]);
});

Deno.test("catalogue text: of a way that is not there the last part that is has the line", () => {
  const text = new CatalogueText(TEXT);
  assertEquals(text.lineOf(["sources", "hook", "none", 4]), 5);
  assertEquals(text.lineOf(["constructor"]), 1);
  assertEquals(new CatalogueText("").lineOf(["keys"]), 1);
});

Deno.test("catalogue text: a name that stands twice in one object is a fault, in two it is none", () => {
  const twice = '{"a": {"x": 1},\n"b": [{"x": 1,\n"x": 2}],\n"a": 3}';
  assertEquals(new CatalogueText(twice).faults, [
    { line: 3, path: ["b", 0, "x"], problem: "stands here twice" },
    { line: 4, path: ["a"], problem: "stands here twice" },
  ]);
});

Deno.test("catalogue text: what is wrong with a text is said in words, with its line", () => {
  const cases: [string, number, string][] = [
    ['{\n"a" 1}', 2, "a colon is missing"],
    ['{"a": 1\n"b": 2}', 2, "a comma is missing"],
    ['{"a":\n}', 2, "a value is missing"],
    ['{"a": "\\x"}', 1, "this is no escape of JSON"],
    ['{"a": 1}\n{}', 2, "there is more behind the end"],
    ["/* a", 1, "a comment does not end"],
    ['{"a": 1', 1, "a } is missing"],
  ];
  for (const [text, line, problem] of cases) {
    const { faults } = new CatalogueText(text);
    assert(faults.some((fault) => fault.line === line && fault.problem === problem), text);
  }
});

Deno.test("catalogue text: one that is nested too deep is a fault, not a failure", () => {
  const { faults } = new CatalogueText("[".repeat(200_000));
  assert(faults.some(({ problem }) => problem === "is nested too deep"));
});
