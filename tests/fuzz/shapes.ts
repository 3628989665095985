/**
 * A megabyte of what is hard to read, or to hold.
 *
 * @module
 */

import { LONGEST_EVENT } from "./contract.ts";

/** What stands around a payload, and a little. */
const AROUND = 200;
const BYTES = LONGEST_EVENT - AROUND;

/** A shape of JSON, or of what looks like it. */
export interface Shape {
  readonly name: string;
  readonly text: string;
  /** Whether it may be a payload. */
  readonly isRight: boolean;
}

/** So many bytes of a piece again and again. */
function filled(piece: string, head = "", tail = ""): string {
  const room = BYTES - head.length - tail.length;
  return head + piece.repeat(Math.floor(room / piece.length)) + tail;
}

function keys(): string {
  return `{${Array.from({ length: 95_000 }, (_, i) => `"k${i}":0`).join()}}`;
}

/** All of them. */
export const SHAPES: readonly Shape[] = [
  { name: "text", text: filled("x", '"', '"'), isRight: true },
  { name: "[", text: filled("["), isRight: false },
  {
    name: "[ and ]",
    text: "[".repeat(BYTES / 2) + "]".repeat(BYTES / 2),
    isRight: false,
  },
  { name: "{},", text: filled("{},", "[", "0]"), isRight: true },
  { name: '{"a":', text: filled('{"a":'), isRight: false },
  { name: "95,000 keys", text: keys(), isRight: true },
  { name: "a number", text: filled("7"), isRight: true },
  { name: "a number and a letter", text: filled("7", "", "x"), isRight: false },
  { name: "\\u0000", text: filled("\\u0000", '"', '"'), isRight: true },
  { name: "blanks", text: filled(" ", "", "0"), isRight: true },
  { name: "512 deep again and again", text: deepAgain(), isRight: true },
];

function deepAgain(): string {
  // The frame and the array around it are two.
  const piece = `${"[".repeat(510)}${"]".repeat(510)},`;
  return filled(piece, "[", "0]");
}
