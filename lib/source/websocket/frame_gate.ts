/**
 * Messages that are too long, taken out of the frames before a receiver sees them: RFC 6455, section 5.2.
 *
 * The `Receiver` of `ws` takes nothing more after a message over its limit. A server that resumes would
 * then be asked again from before that message, without end.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** Stands where a message turned out to be too long: what came of it is to be forgotten. */
export const TOO_LONG = Symbol("too long");

/** What is told of a frame before its data. */
interface FrameHead {
  /** Bytes of the head itself. */
  readonly size: number;
  /** Bytes of the data that come behind it. */
  readonly length: number;
  /** Whether it is a message's data, and nothing in its head is against the protocol. */
  readonly isData: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Lets frames pass, in whichever pieces they come, but for those of messages that are too long. */
export class FrameGate {
  /** A head that is not whole yet. */
  #held: Uint8Array = new Uint8Array();
  /** Bytes of the frame that are still to come. */
  #left = 0;
  #isDropping = false;
  /** Bytes that the message has so far. */
  #length = 0;

  /** @param limit bytes of the longest message */
  constructor(private readonly limit: number) {}

  /**
   * Takes a piece, and returns what passes of it, in order. What is returned is part of the piece, or a
   * copy; {@linkcode TOO_LONG} stands between two frames.
   */
  *pass(piece: Uint8Array): Generator<Uint8Array | typeof TOO_LONG, void, void> {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece;
    this.#held = new Uint8Array();
    /** Where that begins which is to pass and has not passed yet. */
    let from = 0;
    for (let at = 0;;) {
      const here = Math.min(this.#left, bytes.length - at);
      this.#left -= here;
      at += here;
      if (this.#isDropping) from = at;
      const head = this.#left === 0 ? headAt(bytes, at) : undefined;
      if (!head) {
        if (at > from) yield bytes.subarray(from, at);
        // The piece's buffer may be used again.
        if (this.#left === 0) this.#held = new Uint8Array(bytes.subarray(at));
        return;
      }
      const wasTooLong = this.#isTooLong;
      if (head.isData) this.#length = (head.isFirst ? 0 : this.#length) + head.length;
      this.#isDropping = head.isData && this.#isTooLong;
      if (this.#isDropping) {
        if (at > from) yield bytes.subarray(from, at);
        if (head.isFirst || !wasTooLong) yield TOO_LONG;
      }
      if (head.isData && head.isLast) this.#length = 0;
      this.#left = head.length;
      at += head.size;
    }
  }

  get #isTooLong(): boolean {
    return this.#length > this.limit;
  }
}

/** The head at a place; nothing where it is not whole. */
function headAt(bytes: Uint8Array, at: number): FrameHead | undefined {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const size = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length - at < size) return undefined;
  const { buffer, byteOffset } = bytes;
  const view = new DataView(buffer, byteOffset + at, size);
  const length = short === 127
    ? Number(view.getBigUint64(2))
    : short === 126
    ? view.getUint16(2)
    : short;
  const opcode = first & 0x0f;
  // What a receiver refuses by its head alone has to reach it.
  const isRefused = (first & 0x70) !== 0 || (second & 0x80) !== 0 || !Number.isSafeInteger(length);
  return {
    size,
    length,
    isData: opcode <= 2 && !isRefused,
    isFirst: opcode !== 0,
    isLast: (first & 0x80) !== 0,
  };
}
