/**
 * Bytes as they arrive, and the lines in them.
 *
 * @module
 */

import fc from "fast-check";
import { BadFrameError, FrameTooLargeError } from "../../lib/protocol/errors.ts";
import type { Frame } from "../../lib/protocol/framing.ts";

const encoder = new TextEncoder();

/** Bytes of texts and of what is no text. */
export function bytesOf(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => typeof part === "string" ? [...encoder.encode(part)] : part),
  );
}

/** Yields bytes cut at offsets, always in the same buffer, which is overwritten between chunks. */
export async function* arriving(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(bytes.length);
  const ends = [...cuts, bytes.length];
  let start = 0;
  for (const end of ends) {
    const chunk = buffer.subarray(0, end - start);
    chunk.set(bytes.subarray(start, end));
    await Promise.resolve();
    yield chunk;
    chunk.fill(0x58);
    start = end;
  }
}

/** Offsets that cut so many bytes into chunks of one size. */
export function every(size: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, i) => (i + 1) * size);
}

/** A frame as a text that can be compared: what is no line stands in brackets. */
export function shown(frame: Frame): string {
  if (frame instanceof BadFrameError) return `<${frame.message}>`;
  if (frame instanceof FrameTooLargeError) return `<${frame.message}>`;
  return frame;
}

/** What the contract says of whole bytes, found without any of the code under test. */
export function splitByHand(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let line: number[] = [];
  for (const byte of bytes) {
    if (byte !== 0x0a) {
      line.push(byte);
      continue;
    }
    if (line.at(-1) === 0x0d) line.pop();
    if (line.length > 0) {
      try {
        const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
        lines.push(decoder.decode(Uint8Array.from(line)));
      } catch {
        lines.push("<not UTF-8>");
      }
    }
    line = [];
  }
  return lines;
}

/** Short, with everything in it that may be cut in the wrong place. */
export const MIXED = bytesOf(
  '{"a":1}\n\ufeff\n\n\r\n \r\r\né😀\r\nx\ry\u2028z\ufeff\r\n',
  [0xff],
  "\n\ufeffok",
  [0xe2, 0x82],
  "\r\n€\n",
  [0xc3],
  "\nlast\nhalf €",
);

/** Its lines. */
export const MIXED_LINES = [
  '{"a":1}',
  "\ufeff",
  " \r",
  "é😀",
  "x\ry\u2028z\ufeff",
  "<not UTF-8>",
  "<not UTF-8>",
  "€",
  "<not UTF-8>",
  "last",
];

const part = fc.oneof(
  fc.constantFrom("\n", "\r\n", "\r", "\n\n", " ", "\ufeff", "\u2028", "é", "€", "😀", "{}", '"'),
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.array(fc.constantFrom(0x80, 0xbf, 0xc3, 0xe2, 0x82, 0xed, 0xa0, 0xf0, 0xff, 0x0a), {
    maxLength: 3,
  }),
);

/** Short lines with everything in them that may be taken for an end, or cut in the wrong place. */
export const anyLines: fc.Arbitrary<Uint8Array> = fc.array(part, { maxLength: 30 })
  .map((parts) => bytesOf(...parts));
