/**
 * Bytes that come in pieces.
 *
 * @module
 */

import { giveBack } from "./give_back.ts";

/** Bytes of a buffer that is kept when it is cleared. */
const SMALL = 4096;

/** Bytes by which a buffer grows at most, so that a long line takes up little more than it has. */
const STEP = 64 * 1024;

/**
 * Gathers pieces in one buffer that grows by doubling, later in steps, so that what comes in a
 * million pieces costs no more than what comes at once, and copies each piece, so that its own buffer
 * may be used again.
 */
export class GatheredBytes {
  #buffer = new Uint8Array(0);
  #length = 0;

  /** @param most bytes that will be gathered at most; the buffer does not grow beyond them */
  constructor(private readonly most: number) {}

  /** Bytes gathered. */
  get length(): number {
    return this.#length;
  }

  /**
   * Bytes that what is gathered takes up: at most a step more than it has. A small buffer is there
   * anyway, so that of one only what is in it counts.
   */
  get capacity(): number {
    return this.#buffer.length > SMALL ? this.#buffer.length : this.#length;
  }

  /** What is gathered; valid until the next change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Adds a piece. */
  append(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) {
      const before = this.#buffer.length;
      const larger = Math.max(before + Math.min(before, STEP), 256);
      const room = Math.max(length, Math.min(larger, this.most));
      // What was the buffer until now is given back, and not left to the collector.
      this.#buffer = new Uint8Array(this.#buffer.buffer.transfer(room));
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** Forgets what is gathered, and gives back a large buffer. */
  clear(): void {
    this.#length = 0;
    if (this.#buffer.length <= SMALL) return;
    giveBack(this.#buffer);
    this.#buffer = new Uint8Array(0);
  }
}
