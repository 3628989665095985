/**
 * JSON as nobody writes it: every value in odd spellings, and values at the edges.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";

/** Names that are something already to a careless reader. */
export const NAMES_OF_OBJECTS: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "isPrototypeOf",
];

const ODD_NAMES: readonly string[] = [
  "a..b",
  ".",
  "..",
  "*",
  ">",
  "a.*",
  "a.>",
  ">.a",
  " ",
  "\u0000",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ufeffa",
  "\uffff",
  "é",
  "日本",
  "😀",
  "\ud800",
  "seq",
  '","seq":1}',
];

const PARTS: readonly string[] = [
  '\\"',
  "\\\\",
  "\\/",
  "\\b\\f\\n\\r\\t",
  "\\u0000",
  "\\u000a",
  "\\u000d\\u000A",
  "\\u0041",
  "\\u00e9\\uD83D\\uDE00",
  "\\ud800",
  "\\uDC00",
  "\\ufeff",
  "é",
  "日本",
  "😀",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\ufffd",
  "\uffff",
  ',\\"seq\\":1}',
  "{[:,]}",
  "}",
  "]",
  "x",
  " ",
];

const NUMBERS: readonly string[] = [
  "0",
  "-0",
  "1",
  "1.0",
  "1.50",
  "-1E-7",
  "0.1e+2",
  "1e400",
  "-1e400",
  "1e-400",
  "12345678901234567890",
  "9007199254740991",
  "9007199254740992",
  "-9007199254740991",
  "0.30000000000000000001",
  "1" + "0".repeat(400),
];

const WORDS = ["true", "false", "null", '""', "[]", "{}"];

/** The text of a string, its quotes included. */
export function stringText(random: Random): string {
  let text = '"';
  for (let parts = random.int(0, 4); parts > 0; parts--) text += random.pick(PARTS);
  return text + '"';
}

/** The text of a number. */
export function numberText(random: Random): string {
  return random.oneIn(2) ? random.pick(NUMBERS) : String(random.int(-0x80000000, 0x7fffffff));
}

/** The text of any value, with blanks anywhere. */
export function valueText(random: Random, depth = 0): string {
  switch (random.int(0, depth < 4 ? 7 : 4)) {
    case 0:
    case 1:
      return stringText(random);
    case 2:
      return numberText(random);
    case 3:
      return random.pick(WORDS);
    case 4:
      return `"${random.pick(NAMES_OF_OBJECTS)}"`;
    case 5: {
      const entries: string[] = [];
      for (let left = random.int(0, 3); left > 0; left--) {
        entries.push(valueText(random, depth + 1));
      }
      return `[${entries.join(`${blanks(random)},`)}${blanks(random)}]`;
    }
    default: {
      const fields: string[] = [];
      for (let left = random.int(0, 3); left > 0; left--) {
        const name = random.oneIn(4) ? stringText(random) : spelled(random, fieldName(random));
        fields.push(`${name}${blanks(random)}:${blanks(random)}${valueText(random, depth + 1)}`);
      }
      return `{${blanks(random)}${fields.join(`,${blanks(random)}`)}}`;
    }
  }
}

/** A name of a field that no message has, or that stands for something in a careless reader. */
export function fieldName(random: Random): string {
  return random.oneIn(3)
    ? random.pick(NAMES_OF_OBJECTS)
    : random.pick(["a", "b", "app_id", "tenant_key", "observed_at", "sequence", "Type", "", "é"]);
}

/** A string in quotes, mostly as it is and at times with letters as escapes. */
export function spelled(random: Random, text: string): string {
  const plain = JSON.stringify(text);
  if (!random.oneIn(16)) return plain;
  let escaped = "";
  for (let i = 0; i < text.length; i++) {
    const isEscaped = random.oneIn(2);
    const code = text.charCodeAt(i);
    escaped += isEscaped
      ? `\\u${code.toString(16).padStart(4, "0")}`
      : JSON.stringify(text.charAt(i)).slice(1, -1);
  }
  return `"${escaped}"`;
}

/** Mostly none. */
export function blanks(random: Random): string {
  return random.oneIn(12) ? random.pick([" ", "\t", "\r", "  ", " \t\r "]) : "";
}

/** A name of about so many bytes as a name may have, or an odd one. */
export function oddName(random: Random): string {
  switch (random.int(0, 5)) {
    case 0:
    case 1:
      return random.pick(NAMES_OF_OBJECTS);
    case 2:
      return nameOfBytes(random.pick(["x", "é", "日", "😀"]), random.int(1_020, 1_027));
    default:
      return random.pick(ODD_NAMES);
  }
}

const encoder = new TextEncoder();

/** A string of so many bytes, most of them one character again and again. */
export function nameOfBytes(character: string, bytes: number): string {
  const each = encoder.encode(character).length;
  return character.repeat(Math.floor(bytes / each)) + "y".repeat(bytes % each);
}

/** So many arrays and objects, one within the other. */
export function nested(random: Random, depth: number): string {
  let open = "";
  let close = "";
  const isMixed = random.oneIn(2);
  const kind = random.oneIn(2);
  for (let i = 0; i < depth; i++) {
    const isArray = isMixed ? random.oneIn(2) : kind;
    open += isArray ? "[" : '{"a":';
    close += isArray ? "]" : "}";
  }
  const inside = open.endsWith(":") ? "0" : "";
  return open + inside + [...close].reverse().join("");
}
