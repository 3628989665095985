/**
 * How the same bytes are sent in one write or in many.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";
import { joined } from "./mutations.ts";

/** Cuts what is sent: the frames as they were made, one behind the other. */
type Cut = (frames: readonly Uint8Array[], random: Random) => Uint8Array[];

/** More bytes than that are not sent one by one. */
const MOST_SINGLE = 400;

const CUTS: readonly (readonly [weight: number, name: string, cut: Cut])[] = [
  [6, "all in one write", (frames) => [joined(...frames)]],
  [3, "a write for some frames", (frames, random) => {
    const writes: Uint8Array[] = [];
    for (let at = 0; at < frames.length;) {
      const next = at + random.int(1, Math.max(1, frames.length / 4));
      writes.push(joined(...frames.slice(at, next)));
      at = next;
    }
    return writes;
  }],
  [4, "cut anywhere", (frames, random) => {
    const bytes = joined(...frames);
    const places = Array.from({ length: random.int(1, 12) }, () => random.int(0, bytes.length));
    return cutAt(bytes, places.sort((a, b) => a - b));
  }],
  [2, "cut within lines", (frames, random) => {
    const writes: Uint8Array[] = [];
    let from = new Uint8Array();
    for (const frame of frames) {
      const at = random.int(0, frame.length);
      if (!random.oneIn(4)) from = joined(from, frame) as Uint8Array<ArrayBuffer>;
      else {
        writes.push(joined(from, frame.subarray(0, at)));
        from = frame.slice(at);
      }
    }
    return [...writes, from];
  }],
  [1, "as much as is read at once", (frames, random) => {
    const bytes = joined(...frames);
    const size = random.pick([511, 512, 513, 65_535, 65_536, 65_537]);
    return cutAt(
      bytes,
      Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => i * size),
    );
  }],
  [1, "byte by byte", (frames) => {
    const bytes = joined(...frames);
    const single = Math.min(bytes.length, MOST_SINGLE);
    return cutAt(bytes, Array.from({ length: single }, (_, i) => i));
  }],
];

/** Cuts frames into writes in some way, and says which. */
export function intoWrites(
  frames: readonly Uint8Array[],
  random: Random,
): { writes: Uint8Array[]; how: string } {
  const [, how, cut] = random.weighted(CUTS.map((cut) => [cut[0], cut] as const));
  return { writes: cut(frames, random).filter(({ length }) => length > 0), how };
}

/** Bytes cut at ascending places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places, bytes.length];
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}
