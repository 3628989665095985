/**
 * Makes a case that fails as small as it can be and still fail.
 *
 * @module
 */

import { bytesOf, type Case } from "./cases.ts";
import { joined } from "./mutations.ts";

const LINE_FEED = 0x0a;

/**
 * Takes lines out of a case for as long as it fails without them.
 *
 * @param fails whether a case fails; it is asked until the time is over
 * @param patience milliseconds for all of it
 */
export async function shrink(
  found: Case,
  fails: (smaller: Case) => Promise<boolean>,
  patience: number,
): Promise<Case> {
  const end = performance.now() + patience;
  const whole = { ...found, writes: [bytesOf(found)] };
  // Where it fails only if it is cut as it was, it stays as it is.
  if (!await fails(whole)) return found;
  let lines = linesOf(bytesOf(found));
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < lines.length;) {
      if (performance.now() > end) return withLines(found, lines);
      const rest = [...lines.slice(0, at), ...lines.slice(at + size)];
      if (await fails(withLines(found, rest))) lines = rest;
      else at += size;
    }
  }
  return withLines(found, lines);
}

function withLines(found: Case, lines: readonly Uint8Array[]): Case {
  return { ...found, writes: [joined(...lines)] };
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start) + 1 || bytes.length;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}
