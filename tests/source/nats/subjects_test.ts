import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import schema from "../../../lib/catalogue/catalogue.schema.json" with { type: "json" };
import { isMeant, isPattern, SubjectNames } from "../../../lib/source/nats/subjects.ts";

/** Types and their subjects. */
const PAIRS = [
  ["github.push", "github.push"],
  ["größe.日本", "größe.日本"],
  ["a b", "a%20b"],
  ["a..b.", "a.%.b.%"],
  [".", "%.%"],
  ["100%", "100%25"],
  ["a*.>.b", "a%2A.%3E.b"],
  ["a\tb\r\n\x00\x7f", "a%09b%0D%0A%00%7F"],
  ["$SYS.x", "%24SYS.x"],
  ["a.$b", "a.$b"],
  ["_INBOX.x", "%5FINBOX.x"],
  ["_INBOX", "%5FINBOX"],
  ["_INBOXES.x", "_INBOXES.x"],
] as const;

/** Subjects that no type has: each is a type as it is. */
const FOREIGN = ["a%41", "a%2a", "a%", "%%", "%FF", "$SYS.a", "_INBOX.a", "a%20b%41"];

Deno.test("subjects: a type is a subject, and what that cannot hold stands in hex", () => {
  const [plain, prefixed] = [new SubjectNames(undefined), new SubjectNames("bus.eu")];
  for (const [type, subject] of PAIRS) {
    assertEquals(plain.subjectOf(type), subject);
    assertEquals(plain.typeOf(subject), type);
    assertEquals(prefixed.subjectOf(type), `bus.eu.${subject}`);
    assertEquals(prefixed.typeOf(`bus.eu.${subject}`), type);
  }
});

Deno.test("subjects: one that no type would have been given stands for itself", () => {
  for (const subject of FOREIGN) assertEquals(new SubjectNames(undefined).typeOf(subject), subject);
  assertEquals(new SubjectNames("bus").typeOf("other.a"), "other.a");
  assertEquals(new SubjectNames("bus").typeOf("business.a"), "business.a");
});

Deno.test("subjects: any type comes back as it was, and its subject is one", () => {
  const names = new SubjectNames("bus");
  // A library's list of all characters would take seconds to be made.
  const character = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));
  fc.assert(fc.property(fc.string({ unit: character, minLength: 1 }), (type) => {
    const subject = names.subjectOf(type);
    if (!type.isWellFormed()) return subject === undefined;
    assert(subject !== undefined);
    assertEquals(names.typeOf(subject), type);
    // deno-lint-ignore no-control-regex
    return /^bus(?:\.[^\x00-\x20\x7f.*>]+)+$/.test(subject);
  }));
});

Deno.test("subjects: two types never have the same subject", () => {
  const names = new SubjectNames(undefined);
  const characters = fc.constantFrom(..."%.$_INBOX*> 2045a");
  const type = fc.string({ unit: characters, minLength: 1, maxLength: 8 });
  fc.assert(fc.property(type, type, (one, other) => {
    return one === other || names.subjectOf(one) !== names.subjectOf(other);
  }));
});

Deno.test("subjects: a type that is too long, or no text, has none", () => {
  const names = new SubjectNames("bus");
  assertEquals(names.subjectOf("\n".repeat(1024)), undefined);
  assertEquals(names.subjectOf("a\ud800"), undefined);
  assertEquals(names.subjectOf("x".repeat(1024))?.length, 1028);
});

/** Patterns, subjects that they stand for, and others. */
const MEANT: readonly [pattern: string, meant: string[], others: string[]][] = [
  ["a.b", ["a.b"], ["a", "a.b.c", "a.c"]],
  ["a.*", ["a.b"], ["a", "a.b.c", "b.a"]],
  ["*.b", ["a.b"], ["b", "$a.b", "_INBOX.b"]],
  ["a.>", ["a.b", "a.b.c"], ["a", "b.a"]],
  [">", ["a", "a.b", "_INBOX"], ["$SYS.a", "$JS.API.a", "_INBOX.a"]],
  ["$SYS.>", ["$SYS.a"], ["$JS.a"]],
];

Deno.test("subjects: a pattern stands for some, but a wildcard for none of the server's own", () => {
  for (const [pattern, meant, others] of MEANT) {
    for (const subject of meant) assert(isMeant(subject, pattern), `${subject} ${pattern}`);
    for (const subject of others) assert(!isMeant(subject, pattern), `${subject} ${pattern}`);
  }
});

Deno.test("subjects: a pattern has its wildcards as whole words, > as the last one only", () => {
  const patterns = [
    "a",
    "a.b",
    "*",
    ">",
    "a.*",
    "*.a",
    "*.*.>",
    "a.*.b.>",
    "$SYS.>",
    "_INBOX.x",
    "ä.%",
  ];
  const others = [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "a b",
    "a.>.b",
    ">.>",
    ">.a",
    "a>",
    "a.b*",
    "**",
    "*a.b",
  ];
  assertEquals(patterns.filter((text) => !isPattern(text)), []);
  assertEquals([...others, "a\n", " a"].filter(isPattern), []);
  // The schema of catalogues says the same.
  const pattern = new RegExp(schema.$defs.nats.properties.subjects.items.pattern, "u");
  assertEquals(patterns.filter((text) => !pattern.test(text)), []);
  assertEquals([...others, "a\n", " a"].filter((text) => pattern.test(text)), []);
});
