/**
 * JSON's grammar in one pass that builds nothing.
 *
 * A hub passes events on as they came, so it never needs their values, only to know that they are
 * JSON and where their fields stand. `JSON.parse` would build (and one hostile megabyte of `[` makes
 * it stand still for a quarter of a second); this pass holds a bounded stack and its time is linear.
 *
 * It accepts and refuses exactly what `JSON.parse` does, but for its limit of depth.
 *
 * @module
 */

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Why a text is not JSON that may pass: where, in UTF-16 code units, and whether it is depth. */
export interface JsonFault {
  /** Offset of the first code unit that cannot stand there; the text's end where it ends early. */
  readonly at: number;
  /** True when the text is not wrong so far but nested deeper than allowed. */
  readonly tooDeep: boolean;
}

/** Offsets of one member of the outermost object. Names are given without their quotes. */
export type MemberVisitor = (
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
) => void;

/**
 * Checks that a text is one JSON value.
 *
 * @param text the whole text; blanks around the value are part of JSON
 * @param maxDepth arrays and objects that may be open at once
 * @param visit called for each member of the outermost value where that is an object, in order,
 * duplicates included; it may have been called for some members of a text that is refused later
 * @param from where it begins, if the text is part of a longer one
 * @param to where it ends: at the end of all, or before a line feed
 * @returns nothing where the text is JSON, else what is wrong with it
 */
export function scanJson(
  text: string,
  maxDepth: number,
  visit?: MemberVisitor,
  from = 0,
  to = text.length,
): JsonFault | undefined {
  // The open containers, innermost last: true for an object.
  const open: boolean[] = [];
  let nameStart = 0;
  let nameEnd = 0;
  let valueStart = 0;
  let at = skipBlanks(text, from, to);

  for (;;) {
    // Here a value must begin, in an object with its name before it.
    if (open[open.length - 1]) {
      const end = endOfName(text, at);
      if (end < 0) return { at: ~end, tooDeep: false };
      if (open.length === 1) {
        nameStart = at + 1;
        nameEnd = end - 1;
      }
      at = afterColon(text, end, to);
      if (at < 0) return { at: ~at, tooDeep: false };
    }
    if (open.length <= 1) valueStart = at;
    const first = text.charCodeAt(at);
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (open.length === maxDepth) return { at, tooDeep: true };
      at = skipBlanks(text, at + 1, to);
      const isObject = first === OPEN_OBJECT;
      if (text.charCodeAt(at) !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        open.push(isObject);
        continue;
      }
      at++;
    } else {
      at = endOfScalar(text, at, first);
      if (at < 0) return { at: ~at, tooDeep: false };
    }

    // Here a value has ended: close what closes with it, then go to the next one.
    for (;;) {
      if (open.length === 1 && open[0] && visit) visit(nameStart, nameEnd, valueStart, at);
      at = skipBlanks(text, at, to);
      if (open.length === 0) {
        return at === to ? undefined : { at, tooDeep: false };
      }
      const next = text.charCodeAt(at);
      if (next === COMMA) {
        at = skipBlanks(text, at + 1, to);
        break;
      }
      if (next !== (open[open.length - 1] ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        return { at, tooDeep: false };
      }
      open.pop();
      at++;
    }
  }
}

// The functions below take an offset and return the one behind what they read, or, where it is not
// what it must be, the bitwise complement of the offset at which it went wrong (so it is negative).
// None but the first has to know where the text ends: no other passes a line feed, or the end of all.

function skipBlanks(text: string, at: number, to: number): number {
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code > SPACE) return at;
    if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return at;
  }
  return at;
}

function endOfName(text: string, at: number): number {
  return text.charCodeAt(at) === QUOTE ? endOfString(text, at) : ~at;
}

function afterColon(text: string, at: number, to: number): number {
  const colon = skipBlanks(text, at, to);
  return text.charCodeAt(colon) === COLON ? skipBlanks(text, colon + 1, to) : ~colon;
}

function endOfScalar(text: string, at: number, first: number): number {
  switch (first) {
    case QUOTE:
      return endOfString(text, at);
    case 0x74:
      return endOfWord(text, at, "true");
    case 0x66:
      return endOfWord(text, at, "false");
    case 0x6e:
      return endOfWord(text, at, "null");
    default:
      return endOfNumber(text, at);
  }
}

function endOfWord(text: string, at: number, word: string): number {
  for (let i = 0; i < word.length; i++) {
    if (text.charCodeAt(at + i) !== word.charCodeAt(i)) return ~(at + i);
  }
  return at + word.length;
}

function endOfString(text: string, at: number): number {
  for (let i = at + 1;; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) {
      i = endOfEscape(text, i + 1);
      if (i < 0) return i;
    } else if (!(code >= SPACE)) {
      // A control character, or NaN at the end of the text.
      return ~i;
    }
  }
}

/** Takes the offset behind a backslash and, unlike the others, returns that of the last character. */
function endOfEscape(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at;
    case 0x75: // u
      for (let i = at + 1; i <= at + 4; i++) if (!isHexDigit(text.charCodeAt(i))) return ~i;
      return at + 4;
    default:
      return ~at;
  }
}

function endOfNumber(text: string, at: number): number {
  let i = text.charCodeAt(at) === MINUS ? at + 1 : at;
  if (text.charCodeAt(i) === ZERO) i++;
  else if ((i = endOfDigits(text, i)) < 0) return i;
  if (text.charCodeAt(i) === POINT && (i = endOfDigits(text, i + 1)) < 0) return i;
  const exponent = text.charCodeAt(i);
  if (exponent === 0x65 || exponent === 0x45) {
    const sign = text.charCodeAt(i + 1);
    i = endOfDigits(text, sign === PLUS || sign === MINUS ? i + 2 : i + 1);
  }
  return i;
}

function endOfDigits(text: string, at: number): number {
  let i = at;
  while (isDigit(text.charCodeAt(i))) i++;
  return i === at ? ~at : i;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
