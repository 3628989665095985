import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { isPattern, Pattern, tokensOf } from "../../lib/hub/patterns.ts";
import { dottedName, naivelyMatches } from "./matching.ts";

function matches(entry: string, eventType: string): boolean {
  assert(isPattern(entry), `${entry} is a pattern`);
  return new Pattern(entry).matches(tokensOf(eventType));
}

Deno.test("isPattern wants * as a whole token, or > as the last one", () => {
  for (const entry of ["*", ">", "a.*", "*.a", "a.*.b", "a.>", "a..>", ">.>", ">.*"]) {
    assert(isPattern(entry), entry);
  }
  for (const entry of ["a", "a.b", "a*", "*a.b", "a.b>", ">.a", ">a", "a.>.b", ".", "a.", "**"]) {
    assertFalse(isPattern(entry), entry);
  }
});

Deno.test("Pattern: * matches any one token", () => {
  assert(matches("github.*.opened", "github.issues.opened"));
  assert(matches("*", "push"));
  assert(matches("github.*", "github.*"));
  for (const type of ["github.opened", "github.issues.labeled", "github.a.b.opened"]) {
    assertFalse(matches("github.*.opened", type), type);
  }
  assertFalse(matches("*", "github.push"));
  assertFalse(matches("*.push", "push"));
});

Deno.test("Pattern: > as the last token matches one or more", () => {
  for (const type of ["github.push", "github.issues.opened", "github.a.b.c", "github.>"]) {
    assert(matches("github.>", type), type);
  }
  assertFalse(matches("github.>", "github"));
  assertFalse(matches("github.>", "githubs.push"));
  assert(matches("*.issues.>", "github.issues.opened"));
  assertFalse(matches("*.issues.>", "github.issues"));
});

Deno.test("Pattern: a bare > matches everything", () => {
  for (const type of ["push", "github.push", ".", "a..b", " ", "__proto__"]) {
    assert(matches(">", type), type);
  }
});

Deno.test("Pattern: a > elsewhere is itself", () => {
  assert(matches(">.*", ">.push"));
  assertFalse(matches(">.*", "github.push"));
  assert(matches("a.>.>", "a.>.b"));
  assertFalse(matches("a.>.>", "a.b.c"));
});

Deno.test("Pattern: an empty token is a token", () => {
  assert(matches("a.*.b", "a..b"));
  assert(matches("a.*", "a."));
  assert(matches("a.>", "a."));
  assert(matches("a..*", "a..b"));
  assertFalse(matches("a..*", "a.b.c"));
  assertFalse(matches("a.*", "a"));
});

Deno.test("Pattern matches what a naive matcher does", () => {
  fc.assert(
    fc.property(dottedName, dottedName, (entry, type) => {
      const expected = naivelyMatches(entry, type);
      if (isPattern(entry)) assertEquals(matches(entry, type), expected);
      else assertEquals(entry === type, expected);
    }),
    { numRuns: 2000 },
  );
});
