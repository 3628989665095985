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

/** What is read behind the end. */
const NOTHING = -1;

/** Why a text is not JSON that may pass: where, and whether it is depth. */
export interface JsonFault {
  /** Offset of the first unit that cannot stand there; the end where it ends early. */
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

/** For each byte, whether it means something within a string: an end, an escape, or a fault. */
const IN_STRING = Uint8Array.from(
  { length: 256 },
  (_, code) => code < SPACE || code === QUOTE || code === BACKSLASH ? 1 : 0,
);

/**
 * For each open container, whether the one around it is an object. To make a list for each scan would
 * take longer than many of them, and one runs at a time.
 */
const outer: boolean[] = [];

const encoder = new TextEncoder();

/** For texts that are not long: to make a buffer for each would take longer than to look through it. */
const scratch = new Uint8Array(16 * 1024);

/** A text in UTF-8, up to a length, and the end of a line behind it. Holds until the next text. */
function inBytes(text: string): { bytes: Uint8Array; length: number } {
  // A code unit takes at most 3 bytes.
  if (text.length * 3 >= scratch.length) {
    const bytes = encoder.encode(text);
    return { bytes, length: bytes.length };
  }
  const { written } = encoder.encodeInto(text, scratch);
  scratch[written] = LINE_FEED;
  return { bytes: scratch, length: written };
}

/**
 * Checks that a text is one JSON value, as {@linkcode scanJsonBytes} does; all offsets are in UTF-16 code
 * units.
 */
export function scanJson(
  text: string,
  maxDepth: number,
  visit?: MemberVisitor,
): JsonFault | undefined {
  const { bytes, length } = inBytes(text);
  if (length === text.length) return scanJsonBytes(bytes, maxDepth, visit, 0, length);
  const units = new Units(bytes);
  const fault = scanJsonBytes(
    bytes,
    maxDepth,
    visit &&
      ((nameStart, nameEnd, start, end) =>
        visit(units.at(nameStart), units.at(nameEnd), units.at(start), units.at(end))),
    0,
    length,
  );
  return fault && { at: new Units(bytes).at(fault.at), tooDeep: fault.tooDeep };
}

/** Counts the UTF-16 code units before offsets in UTF-8, each not before the one asked for last. */
class Units {
  #bytes = 0;
  #units = 0;

  constructor(private readonly text: Uint8Array) {}

  at(offset: number): number {
    for (; this.#bytes < offset; this.#bytes++) {
      const byte = this.text[this.#bytes] ?? 0;
      // The first byte of a character counts, twice where it stands for two units.
      if (byte < 0x80 || byte >= 0xc0) this.#units += byte >= 0xf0 ? 2 : 1;
    }
    return this.#units;
  }
}

/**
 * Checks that bytes are one JSON value. That they are UTF-8 is not looked at: whatever is not ASCII can
 * only stand in a string.
 *
 * @param bytes blanks around the value are part of JSON
 * @param maxDepth arrays and objects that may be open at once
 * @param visit called for each member of the outermost value where that is an object, in order,
 * duplicates included; it begins no other scan. It may have been called for some members of a text that is refused later
 * @param from where it begins, if the bytes are more than that
 * @param to where it ends: at the end of all, or before the end of a line
 * @returns nothing where it is JSON, else what is wrong with it
 */
export function scanJsonBytes(
  bytes: Uint8Array,
  maxDepth: number,
  visit?: MemberVisitor,
  from = 0,
  to = bytes.length,
): JsonFault | undefined {
  let depth = 0;
  let isInObject = false;
  let nameStart = 0;
  let nameEnd = 0;
  let valueStart = 0;
  let at = skipBlanks(bytes, from, to);

  for (;;) {
    // Here a value must begin, in an object with its name before it.
    if (isInObject) {
      const end = endOfName(bytes, at);
      if (end < 0) return { at: ~end, tooDeep: false };
      if (depth === 1) {
        nameStart = at + 1;
        nameEnd = end - 1;
      }
      at = afterColon(bytes, end, to);
      if (at < 0) return { at: ~at, tooDeep: false };
    }
    if (depth <= 1) valueStart = at;
    const first = bytes[at] ?? NOTHING;
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (depth === maxDepth) return { at, tooDeep: true };
      at = skipBlanks(bytes, at + 1, to);
      const isObject = first === OPEN_OBJECT;
      if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        outer[depth++] = isInObject;
        isInObject = isObject;
        continue;
      }
      at++;
    } else {
      at = endOfScalar(bytes, at, first);
      if (at < 0) return { at: ~at, tooDeep: false };
    }

    // Here a value has ended: close what closes with it, then go to the next one.
    for (;;) {
      if (depth === 1 && isInObject && visit) visit(nameStart, nameEnd, valueStart, at);
      at = skipBlanks(bytes, at, to);
      if (depth === 0) {
        return at === to ? undefined : { at, tooDeep: false };
      }
      const next = bytes[at] ?? NOTHING;
      if (next === COMMA) {
        at = skipBlanks(bytes, at + 1, to);
        break;
      }
      if (next !== (isInObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return { at, tooDeep: false };
      isInObject = outer[--depth] ?? false;
      at++;
    }
  }
}

// The functions below take an offset and return the one behind what they read, or, where it is not
// what it must be, the bitwise complement of the offset at which it went wrong (so it is negative).
// None but the first has to know where it ends: no other passes the end of a line, or of all.

function skipBlanks(bytes: Uint8Array, at: number, to: number): number {
  for (; at < to; at++) {
    const code = bytes[at] ?? NOTHING;
    if (code > SPACE) return at;
    if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return at;
  }
  return at;
}

function endOfName(bytes: Uint8Array, at: number): number {
  return bytes[at] === QUOTE ? endOfString(bytes, at) : ~at;
}

function afterColon(bytes: Uint8Array, at: number, to: number): number {
  const colon = skipBlanks(bytes, at, to);
  return bytes[colon] === COLON ? skipBlanks(bytes, colon + 1, to) : ~colon;
}

function endOfScalar(bytes: Uint8Array, at: number, first: number): number {
  switch (first) {
    case QUOTE:
      return endOfString(bytes, at);
    case 0x74:
      return endOfWord(bytes, at, "true");
    case 0x66:
      return endOfWord(bytes, at, "false");
    case 0x6e:
      return endOfWord(bytes, at, "null");
    default:
      return endOfNumber(bytes, at);
  }
}

function endOfWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word.charCodeAt(i)) return ~(at + i);
  }
  return at + word.length;
}

function endOfString(bytes: Uint8Array, at: number): number {
  let i = at + 1;
  for (;;) {
    while (IN_STRING[bytes[i] ?? 0] === 0) i++;
    const code = bytes[i] ?? NOTHING;
    if (code === QUOTE) return i + 1;
    // Else it is a control character, or nothing.
    if (code !== BACKSLASH) return ~i;
    i = endOfEscape(bytes, i + 1);
    if (i < 0) return i;
    i++;
  }
}

/** Takes the offset behind a backslash and, unlike the others, returns that of the last character. */
function endOfEscape(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
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
      for (let i = at + 1; i <= at + 4; i++) if (!isHexDigit(bytes[i] ?? NOTHING)) return ~i;
      return at + 4;
    default:
      return ~at;
  }
}

function endOfNumber(bytes: Uint8Array, at: number): number {
  let i = bytes[at] === MINUS ? at + 1 : at;
  if (bytes[i] === ZERO) i++;
  else if ((i = endOfDigits(bytes, i)) < 0) return i;
  if (bytes[i] === POINT && (i = endOfDigits(bytes, i + 1)) < 0) return i;
  const exponent = bytes[i] ?? NOTHING;
  if (exponent === 0x65 || exponent === 0x45) {
    const sign = bytes[i + 1] ?? NOTHING;
    i = endOfDigits(bytes, sign === PLUS || sign === MINUS ? i + 2 : i + 1);
  }
  return i;
}

function endOfDigits(bytes: Uint8Array, at: number): number {
  let i = at;
  while (isDigit(bytes[i] ?? NOTHING)) i++;
  return i === at ? ~at : i;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
