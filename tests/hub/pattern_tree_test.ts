import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { PATTERNS_UNSORTED, SORTED_TOKENS } from "../../lib/hub/limits.ts";
import { type Patterned, PatternTree } from "../../lib/hub/pattern_tree.ts";
import { isPattern, Pattern, tokensOf } from "../../lib/hub/patterns.ts";
import { dottedName, naivelyMatches } from "./matching.ts";

interface Entry extends Patterned {
  readonly entry: string;
}

function made(entry: string): Entry {
  return { entry, pattern: new Pattern(entry) };
}

/** The entries found for a type, and the work. */
function search(tree: PatternTree<Entry>, eventType: string): { found: string[]; work: number } {
  const before = tree.work;
  const found = tree.matching(tokensOf(eventType)).map(({ entry }) => entry);
  return { found, work: tree.work - before };
}

function treeOf(...entries: string[]): PatternTree<Entry> {
  const tree = new PatternTree<Entry>();
  for (const entry of entries) tree.add(made(entry));
  return tree;
}

function numbered(make: (number: number) => string): string[] {
  return Array.from({ length: 1_000 }, (_, number) => make(number));
}

/** Tokens that a branch may be forked by, and beyond. */
const BEGINNINGS = ["", "a.".repeat(SORTED_TOKENS - 1), "a.*.".repeat(SORTED_TOKENS)];

Deno.test("PatternTree finds what a naive matcher does, after some have gone too", () => {
  const name = fc.tuple(fc.constantFrom(...BEGINNINGS), dottedName).map(([a, b]) => a + b);
  const entries = fc.uniqueArray(name.filter(isPattern), { maxLength: 10 * PATTERNS_UNSORTED });
  fc.assert(
    fc.property(entries, fc.infiniteStream(fc.boolean()), name, (entries, goes, type) => {
      const all = entries.map(made);
      const tree = new PatternTree<Entry>();
      for (const one of all) tree.add(one);
      const staying = all.filter((one) => {
        const { value } = goes.next();
        if (value) tree.delete(one);
        return !value;
      });
      // Once with those that have come back, and once without.
      for (const there of [staying, all]) {
        for (const one of there) if (there === all && !staying.includes(one)) tree.add(one);
        const expected = there.map(({ entry }) => entry)
          .filter((entry) => naivelyMatches(entry, type));
        assertEquals(search(tree, type).found.sort(), expected.sort());
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("PatternTree does not look at patterns whose first tokens cannot match", () => {
  for (const make of [(i: number) => `a${i}.*`, (i: number) => `*.a.${i}.>`]) {
    const tree = treeOf(...numbered(make));
    for (const type of ["a7.x", "x.a.7.y", "nothing", "x.y.z"]) {
      const { found, work } = search(tree, type);
      assert(found.length <= 1);
      assertLess(work, 500);
    }
  }
});

Deno.test("PatternTree counts the tokens of each pattern that it looks at", () => {
  const alike = "*.".repeat(SORTED_TOKENS + 100);
  const tree = treeOf(...numbered((number) => `${alike}${number}`));
  const { found, work } = search(tree, `${"a.".repeat(SORTED_TOKENS + 100)}7`);
  assertEquals(found, [`${alike}7`]);
  assert(work > 100_000 && work < 200_000, `${work}`);
});

Deno.test("PatternTree is as small as before when all but one have gone", () => {
  const tree = treeOf("a.b.*");
  const { work } = search(tree, "a.b.c");
  const others = numbered((number) => `a.b.${number}.>`).map(made);
  for (const one of others) tree.add(one);
  for (const one of others) tree.delete(one);
  assertEquals(search(tree, "a.b.c"), { found: ["a.b.*"], work });
});
