/**
 * JSON as peers may write it: with blanks anywhere, escapes, names that stand twice, and numbers that
 * a parsed value cannot keep.
 *
 * @module
 */

import fc from "fast-check";

/** What may stand between two tokens within a line. */
export const blanks: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(" ", "\t", "\r"), { maxLength: 2 })
  .map((all) => all.join(""));

const stringPart = fc.oneof(
  fc.constantFrom(
    '\\"',
    "\\\\",
    "\\/",
    "\\b\\f\\n\\r\\t",
    "\\u0041",
    "\\u00e9\\uD83D\\uDE00",
    "\\ud800",
    "é",
    "日本",
    "😀",
    "\u007f",
    "\u2028",
    "\ufeff",
    ',\\"seq\\":1}',
    "{[:,]}",
  ),
  fc.string({ maxLength: 5 }).map((text) => JSON.stringify(text).slice(1, -1)),
);

/** The text of a string, with its quotes. */
export const stringText: fc.Arbitrary<string> = fc
  .array(stringPart, { maxLength: 3 })
  .map((parts) => `"${parts.join("")}"`);

const nameText = fc.oneof(
  fc.constantFrom('"a"', '"b"', '"seq"', '"\\u0073eq"', '"type"', '"__proto__"', '"constructor"'),
  stringText,
);

const scalarText = fc.oneof(
  fc.constantFrom("true", "false", "null", '""'),
  fc.constantFrom("0", "-0", "1.0", "1e400", "-1E-7", "12345678901234567890", "0.1e+2", "1.50"),
  fc.integer().map(String),
  stringText,
);

/** The text of any JSON value, without blanks around it and without line feeds. */
export const jsonText: fc.Arbitrary<string> =
  fc.letrec<Record<"value" | "array" | "object", string>>(
    (tie) => ({
      value: fc.oneof({ maxDepth: 4 }, scalarText, tie("array"), tie("object")),
      array: fc
        .tuple(blanks, fc.array(fc.tuple(blanks, tie("value"), blanks), { maxLength: 4 }))
        .map(([inside, entries]) =>
          `[${entries.length > 0 ? entries.map((parts) => parts.join("")).join(",") : inside}]`
        ),
      object: fc
        .tuple(
          blanks,
          fc.array(fc.tuple(blanks, nameText, blanks, blanks, tie("value"), blanks), {
            maxLength: 4,
          }),
        )
        .map(([inside, members]) =>
          `{${members.length > 0 ? members.map(memberText).join(",") : inside}}`
        ),
    }),
  ).value;

/** A member of an object, as it stands between two commas. */
export type MemberParts = readonly [string, string, string, string, string, string];

/** The text of blanks, name, blanks, blanks, value and blanks. */
export function memberText([before, name, mid, behind, value, after]: MemberParts): string {
  return `${before}${name}${mid}:${behind}${value}${after}`;
}
