/**
 * Bytes that come in pieces.
 *
 * @module
 */

import { giveBack } from "./give_back.ts";

/** Bytes of the buffer that is kept from line to line: most lines that are cut in two fit it. */
const SMALL = 4096;

/** Bytes of a block. All are alike, so that what is given back fits what is needed next. */
const BLOCK = 64 * 1024;

/**
 * Gathers pieces, and copies each, so that its own buffer may be used again. What comes in a million
 * pieces costs no more than what comes at once, and takes up at most a block more than it has.
 */
export class GatheredBytes {
  #small = new Uint8Array(0);
  /** All full but the last; the small buffer is empty where there are any. */
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** Bytes gathered. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that what is gathered takes up; of the small buffer, which is there anyway, what is in it. */
  get capacity(): number {
    return this.#blocks.length > 0 ? this.#blocks.length * BLOCK : this.#length;
  }

  /** Adds a piece. */
  append(piece: Uint8Array): void {
    const isSmall = this.#blocks.length === 0;
    if (isSmall && this.#length + piece.length <= SMALL) return this.#appendSmall(piece);
    if (isSmall) {
      const begun = this.#small.subarray(0, this.#length);
      this.#length = 0;
      this.#appendToBlocks(begun);
    }
    this.#appendToBlocks(piece);
  }

  /** All that is gathered, in one piece that is the caller's; from now on nothing is. */
  take(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    if (this.#blocks.length === 0) all.set(this.#small.subarray(0, this.#length));
    for (const [index, block] of this.#blocks.entries()) {
      const at = index * BLOCK;
      all.set(block.subarray(0, this.#length - at), at);
    }
    this.clear();
    return all;
  }

  /** Forgets what is gathered, and gives its blocks back. */
  clear(): void {
    this.#length = 0;
    for (const block of this.#blocks) giveBack(block);
    this.#blocks = [];
  }

  #appendSmall(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#small.length) {
      const room = Math.min(SMALL, Math.max(length, this.#small.length * 2, 256));
      this.#small = new Uint8Array(this.#small.buffer.transfer(room));
    }
    this.#small.set(piece, this.#length);
    this.#length = length;
  }

  #appendToBlocks(piece: Uint8Array): void {
    for (let from = 0; from < piece.length;) {
      const used = this.#length - (this.#blocks.length - 1) * BLOCK;
      let block = this.#blocks.at(-1);
      if (!block || used === BLOCK) {
        block = new Uint8Array(BLOCK);
        this.#blocks.push(block);
        continue;
      }
      const part = piece.subarray(from, from + BLOCK - used);
      block.set(part, used);
      this.#length += part.length;
      from += part.length;
    }
  }
}
