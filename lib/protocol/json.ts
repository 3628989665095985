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

import {
  endOfValue,
  faultOf,
  type JsonFault,
  Members,
  OPEN_OBJECT,
  skipBlanks,
} from "./json_grammar.ts";

export type { JsonFault };

/** Offsets of one member of the outermost object. Names are given without their quotes. */
export type MemberVisitor = (
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
) => void;

const LINE_FEED = 0x0a;

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

const members = new Members();

/**
 * Checks that bytes are one JSON value. That they are UTF-8 is not looked at: whatever is not ASCII can
 * only stand in a string.
 *
 * @param bytes blanks around the value are part of JSON
 * @param maxDepth arrays and objects that may be open at once
 * @param visit called for each member of the outermost value where that is an object, in order,
 * duplicates included; it begins no other scan. It may have been called for some members of a text
 * that is refused later
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
  const start = skipBlanks(bytes, from, to);
  const end = visit && bytes[start] === OPEN_OBJECT
    ? endOfObject(bytes, start, to, maxDepth, visit)
    : endOfValue(bytes, start, to, maxDepth);
  if (end < 0) return faultOf(end);
  const at = skipBlanks(bytes, end, to);
  return at === to ? undefined : { at, tooDeep: false };
}

function endOfObject(
  bytes: Uint8Array,
  at: number,
  to: number,
  maxDepth: number,
  visit: MemberVisitor,
): number {
  members.begin(bytes, at, to, maxDepth);
  while (members.next()) {
    visit(members.nameStart, members.nameEnd, members.valueStart, members.valueEnd);
  }
  return members.end;
}
