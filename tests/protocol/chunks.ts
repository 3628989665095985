/**
 * An input that comes in pieces.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Chunks in one buffer that is overwritten by the next, as stdin's are. */
export async function* chunksOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.max(0, ...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    await Promise.resolve();
    buffer.fill(0x58);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** A text in UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}
