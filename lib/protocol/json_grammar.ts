/**
 * JSON's grammar, byte by byte.
 *
 * The functions take an offset and return the one behind what they read, or, where it is not what it
 * must be, a {@linkcode JsonFault} in one negative number. That bytes are UTF-8 is not looked at: whatever
 * is not ASCII can only stand in a string. Behind the bytes that are read stands the end of a line, or
 * nothing.
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
/** What an object begins with. */
export const OPEN_OBJECT = 0x7b;
/** What an object ends with. */
export const CLOSE_OBJECT = 0x7d;

/** What is read behind the end. */
const NOTHING = -1;

/** Why a text is not JSON that may pass: where, and whether it is depth. */
export interface JsonFault {
  /** Offset of the first unit that cannot stand there; the end where it ends early. */
  readonly at: number;
  /** True when the text is not wrong so far but nested deeper than allowed. */
  readonly tooDeep: boolean;
}

/**
 * So much lower is the number of a fault that is one of depth. The others are the bitwise complement of
 * their place, and no text is as long.
 */
const DEPTH = 2 ** 30;

/** The fault that a negative number stands for. */
export function faultOf(number: number): JsonFault {
  const tooDeep = number < -DEPTH;
  return { at: ~(tooDeep ? number + DEPTH : number), tooDeep };
}

/** For each byte, whether it means something within a string: an end, an escape, or a fault. */
const IN_STRING = Uint8Array.from(
  { length: 256 },
  (_, code) => code < SPACE || code === QUOTE || code === BACKSLASH ? 1 : 0,
);

/**
 * Goes through the members of an object. A member is named by its place, so that nothing is made for it;
 * where a name stands twice it comes twice.
 */
export class Members {
  /** The name, without its quotes. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** Where the object ends, or its fault; set once there is no next one. */
  end = 0;

  #bytes: Uint8Array = IN_STRING;
  #at = 0;
  #to = 0;
  #maxDepth = 0;
  #isFirst = true;

  /**
   * @param at where its brace is
   * @param to where the text ends
   * @param maxDepth arrays and objects that may be open at once, itself included
   */
  begin(bytes: Uint8Array, at: number, to: number, maxDepth: number): void {
    this.#bytes = bytes;
    this.#at = at;
    this.#to = to;
    this.#maxDepth = maxDepth;
    this.#isFirst = true;
  }

  /** Goes to the next one. False where there is none, or it is not what it must be. */
  next(): boolean {
    const [bytes, to] = [this.#bytes, this.#to];
    let at = this.#at;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (this.#maxDepth < 1) return this.#over(~at - DEPTH);
      at = skipBlanks(bytes, at + 1, to);
      if (bytes[at] === CLOSE_OBJECT) return this.#over(at + 1);
    } else {
      at = skipBlanks(bytes, at, to);
      if (bytes[at] === CLOSE_OBJECT) return this.#over(at + 1);
      if (bytes[at] !== COMMA) return this.#over(~at);
      at = skipBlanks(bytes, at + 1, to);
    }
    const nameEnd = endOfName(bytes, at);
    if (nameEnd < 0) return this.#over(nameEnd);
    this.nameStart = at + 1;
    this.nameEnd = nameEnd - 1;
    this.valueStart = afterColon(bytes, nameEnd, to);
    if (this.valueStart < 0) return this.#over(this.valueStart);
    this.valueEnd = endOfValue(bytes, this.valueStart, to, this.#maxDepth - 1);
    if (this.valueEnd < 0) return this.#over(this.valueEnd);
    this.#at = this.valueEnd;
    return true;
  }

  #over(end: number): false {
    this.end = end;
    return false;
  }
}

/**
 * For each open container, whether the one around it is an object. To make a list for each value would
 * take longer than many of them, and one is read at a time.
 */
const outer: boolean[] = [];

/**
 * @param at where a value begins
 * @param to where the text ends
 * @param maxDepth arrays and objects that may be open at once
 */
export function endOfValue(bytes: Uint8Array, at: number, to: number, maxDepth: number): number {
  const first = bytes[at] ?? NOTHING;
  return first === OPEN_OBJECT || first === OPEN_ARRAY
    ? endOfContainer(bytes, at, to, maxDepth)
    : endOfScalar(bytes, at, first);
}

function endOfContainer(bytes: Uint8Array, from: number, to: number, maxDepth: number): number {
  let at = from;
  let depth = 0;
  let isInObject = false;
  for (;;) {
    // Here a value must begin, in an object with its name before it.
    if (isInObject) {
      at = endOfName(bytes, at);
      if (at < 0) return at;
      at = afterColon(bytes, at, to);
      if (at < 0) return at;
    }
    const first = bytes[at] ?? NOTHING;
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (depth === maxDepth) return ~at - DEPTH;
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
      if (at < 0) return at;
    }

    // Here a value has ended: close what closes with it, then go to the next one.
    for (;;) {
      if (depth === 0) return at;
      at = skipBlanks(bytes, at, to);
      const next = bytes[at] ?? NOTHING;
      if (next === COMMA) {
        at = skipBlanks(bytes, at + 1, to);
        break;
      }
      if (next !== (isInObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return ~at;
      isInObject = outer[--depth] ?? false;
      at++;
    }
  }
}

// None but these has to know where the text ends: no other passes the end of a line, or of all.

/** @returns where the first byte is that is no blank, at most the end */
export function skipBlanks(bytes: Uint8Array, at: number, to: number): number {
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
