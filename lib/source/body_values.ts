/**
 * Values of a payload by their paths.
 *
 * @module
 */

import { endOfValue, Members, OPEN_OBJECT, skipBlanks } from "../protocol/json_grammar.ts";
import { MAX_DEPTH } from "../protocol/limits.ts";
import type { JsonText } from "../protocol/messages.ts";

/** Where a value stands in the bytes of a payload. */
interface Place {
  readonly start: number;
  readonly end: number;
}

const OPEN_ARRAY = 0x5b;
const COMMA = 0x2c;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Hands out the values of a payload by paths: names and indexes, with dots between. Numbers as they are
 * written; nothing for what is not there, and for `null`, arrays and objects. Of a name that stands twice
 * the last value counts.
 *
 * Nothing is made of the payload but the value: to make all of it can take longer than other sources
 * should have to wait.
 */
export function bodyValues(payload: JsonText): (path: string) => string | undefined {
  let bytes: Uint8Array | undefined;
  return (path) => {
    bytes ??= encoder.encode(payload);
    let place: Place | undefined = valueAt(bytes, 0);
    for (const name of path === "" ? [] : path.split(".")) {
      place = place && inner(bytes, place, name);
    }
    return place && textOf(bytes, place);
  };
}

/** The value that begins there, or behind blanks. */
function valueAt(bytes: Uint8Array, at: number): Place | undefined {
  const start = skipBlanks(bytes, at, bytes.length);
  const end = endOfValue(bytes, start, bytes.length, MAX_DEPTH);
  return end < 0 ? undefined : { start, end };
}

function inner(bytes: Uint8Array, { start, end }: Place, name: string): Place | undefined {
  if (bytes[start] === OPEN_OBJECT) return member(bytes, start, end, name);
  const isIndex = bytes[start] === OPEN_ARRAY && /^(?:0|[1-9]\d*)$/.test(name);
  return isIndex ? element(bytes, start, Number(name)) : undefined;
}

function member(bytes: Uint8Array, at: number, to: number, name: string): Place | undefined {
  let place: Place | undefined;
  const members = new Members();
  members.begin(bytes, at, to, MAX_DEPTH);
  while (members.next()) {
    const { nameStart, nameEnd, valueStart, valueEnd } = members;
    // A character of the name has at most six bytes, where it is escaped.
    if (nameEnd - nameStart > 6 * name.length) continue;
    const quoted = decoder.decode(bytes.subarray(nameStart - 1, nameEnd + 1));
    if (JSON.parse(quoted) === name) place = { start: valueStart, end: valueEnd };
  }
  return place;
}

function element(bytes: Uint8Array, at: number, index: number): Place | undefined {
  let next = at + 1;
  for (let left = index;; left--) {
    const place = valueAt(bytes, next);
    if (!place || left === 0) return place;
    next = skipBlanks(bytes, place.end, bytes.length);
    if (bytes[next] !== COMMA) return undefined;
    next++;
  }
}

function textOf(bytes: Uint8Array, { start, end }: Place): string | undefined {
  const text = decoder.decode(bytes.subarray(start, end));
  if (text === "true" || text === "false" || /^[-\d]/.test(text)) return text;
  return text.startsWith('"') ? JSON.parse(text) : undefined;
}
