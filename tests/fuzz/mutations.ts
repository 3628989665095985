/**
 * What may happen to the bytes of a frame on the way from its grammar.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";

/** Changes the bytes of a frame, its line end included. */
export type Mutation = (frame: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const LINE_END = Uint8Array.of(0x0a);

/** Every class of what is not UTF-8. */
export const NOT_UTF8: readonly (readonly number[])[] = [
  [0x80],
  [0xbf],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xc0, 0xaf],
  [0xc1, 0xbf],
  [0xe0, 0x80, 0xaf],
  [0xe0, 0x9f, 0xbf],
  [0xf0, 0x80, 0x80, 0xaf],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xed, 0xa0, 0xbd],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xfe],
  [0xff],
];

/** Bytes that mean something to readers. */
const LOADED: readonly (readonly number[])[] = [
  ...[...'"\\{}[],:0-e '].map((letter) => [letter.charCodeAt(0)]),
  [0x00],
  [0x09],
  [0x7f],
  [0xef, 0xbb, 0xbf],
  [0xe2, 0x80, 0xa8],
  [0xc2, 0x85],
];

const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);

/** All of them, by name. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "bit flipped": (frame, random) => {
    const at = place(frame, random);
    const flipped = frame.slice();
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7));
    return flipped;
  },
  "byte replaced": (frame, random) => spliced(frame, place(frame, random), 1, [random.int(0, 255)]),
  "byte inserted": (frame, random) => spliced(frame, place(frame, random), 0, random.pick(LOADED)),
  "bytes removed": (frame, random) => spliced(frame, place(frame, random), random.int(1, 4), []),
  "bytes doubled": (frame, random) => {
    const at = place(frame, random);
    return spliced(frame, at, 0, frame.subarray(at, Math.min(at + 16, frame.length - 1)));
  },
  "cut short": (frame, random) => joined(frame.subarray(0, place(frame, random)), LINE_END),
  "line end lost": (frame) => frame.subarray(0, -1),
  "tail lost": (frame, random) => frame.subarray(0, place(frame, random)),
  "head lost": (frame, random) => frame.subarray(place(frame, random)),
  "spliced with another": (frame, random, other) =>
    joined(frame.subarray(0, place(frame, random)), other.subarray(place(other, random))),
  "not UTF-8": (frame, random) => spliced(frame, place(frame, random), 0, random.pick(NOT_UTF8)),
  "BOM before": (frame) => joined(BOM, frame),
  "BOM inside": (frame, random) => spliced(frame, inString(frame, random), 0, BOM),
  "line separator inside": (frame, random) =>
    spliced(frame, inString(frame, random), 0, random.pick([[0xe2, 0x80, 0xa8], [0xc2, 0x85]])),
  "CR inside": (frame, random) => spliced(frame, place(frame, random), 0, [0x0d]),
  "CR between tokens": (frame) => spliced(frame, frame.indexOf(0x2c) + 1, 0, [0x0d]),
  "CRLF": (frame) => spliced(frame, frame.length - 1, 0, [0x0d]),
  "CRCRLF": (frame) => spliced(frame, frame.length - 1, 0, [0x0d, 0x0d]),
  "NUL inside": (frame, random) => spliced(frame, place(frame, random), 0, [0x00]),
  "NUL behind": (frame) => spliced(frame, frame.length - 1, 0, [0x00]),
  "LF inside": (frame, random) => spliced(frame, place(frame, random), 0, [0x0a]),
  "empty lines around": (frame, random) =>
    joined(...random.pick([[[0x0a], frame], [[0x0d, 0x0a], frame], [frame, [0x0a, 0x0d, 0x0a]]])),
};

const NAMES = Object.keys(MUTATIONS);

/** The name of some mutation. */
export function someMutation(random: Random): string {
  return random.pick(NAMES);
}

/** One behind the other. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** With so many bytes at a place exchanged for others. */
function spliced(
  bytes: Uint8Array,
  at: number,
  removed: number,
  inserted: ArrayLike<number>,
): Uint8Array {
  return joined(bytes.subarray(0, at), inserted, bytes.subarray(at + removed));
}

/** Some place before the line end. */
function place(frame: Uint8Array, random: Random): number {
  return random.int(0, Math.max(0, frame.length - 2));
}

/** A place behind some quote, so that mostly it is within a string or behind one. */
function inString(frame: Uint8Array, random: Random): number {
  const quote = frame.indexOf(0x22, place(frame, random));
  return quote === -1 ? Math.max(0, frame.length - 1) : quote + 1;
}
