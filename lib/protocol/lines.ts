/**
 * The lines of a chunk, taken all at once.
 *
 * @module
 */

import { BadFrameError, FrameTooLargeError } from "./errors.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Goes through bytes line by line. A line is named by its place in them, so that nothing is made for it.
 *
 * The lines are those of a `TextLineStream`: each without its line feed, and without one carriage
 * return before it. Empty ones are skipped, one that is not UTF-8 is a fault in its place.
 */
export class Lines {
  /** Where the current line stands. */
  start = 0;
  end = 0;
  /** What is wrong with it; its place means nothing then. */
  fault: BadFrameError | FrameTooLargeError | undefined;

  /** Where the next line begins. */
  #next = 0;
  #left = 0;
  #isTooLong = false;
  readonly #words: Words;
  /** Whether all bytes are UTF-8; not known before one of them is not ASCII. */
  #isText: boolean | undefined;

  /** @param bytes whole lines; they are not to change as long as lines are taken */
  constructor(readonly bytes: Uint8Array) {
    this.#words = new Words(bytes);
  }

  /** The text of the current line. */
  get text(): string {
    return decoder.decode(this.bytes.subarray(this.start, this.end));
  }

  /** Whether a line was too long: it was the last. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** Whether all lines were taken. */
  get isDone(): boolean {
    return this.#isTooLong || this.#next === this.bytes.length;
  }

  /** Lines that may be taken from now on. */
  allow(lines: number): void {
    this.#left = lines;
  }

  /** Goes to the next line. False where there is none, or no more may be taken for now. */
  next(): boolean {
    this.fault = undefined;
    while (this.#left > 0 && !this.isDone) {
      this.#left--;
      this.#read();
      if (this.fault || this.end > this.start) return true;
    }
    return false;
  }

  #read(): void {
    this.start = this.#next;
    this.#next = this.#words.lineFeed(this.start) + 1;
    this.end = this.#next - 1;
    if (this.#next - this.start > MAX_FRAME_BYTES) {
      this.fault = new FrameTooLargeError(MAX_FRAME_BYTES);
      this.#isTooLong = true;
      return;
    }
    if (this.end > this.start && this.bytes[this.end - 1] === CARRIAGE_RETURN) this.end--;
    if (!this.#words.areAscii && !this.#isLineText()) this.fault = new BadFrameError("not UTF-8");
  }

  #isLineText(): boolean {
    // All at once costs less than one by one, and mostly they are text.
    this.#isText ??= isText(this.bytes);
    return this.#isText || isText(this.bytes.subarray(this.start, this.end));
  }
}

/** The same bit of each of four bytes, and their highest. */
const ONES = 0x01010101;
const HIGHS = 0x80808080;
const LINE_FEEDS = ONES * LINE_FEED;

/** Bytes of which four are looked at together. */
class Words {
  /** Whether no byte had its highest bit set of those that the last search looked at. */
  areAscii = true;

  /** Bytes before the first word. */
  readonly #before: number;
  readonly #words: Int32Array;

  constructor(private readonly bytes: Uint8Array) {
    const { buffer, byteOffset, length } = bytes;
    this.#before = Math.min(length, -byteOffset & 3);
    const count = (length - this.#before) >> 2;
    this.#words = new Int32Array(buffer, count > 0 ? byteOffset + this.#before : 0, count);
  }

  /** Where the first line feed from a place on is: there is one. */
  lineFeed(from: number): number {
    const [bytes, words, before] = [this.bytes, this.#words, this.#before];
    let seen = 0;
    let at = from;
    for (; ((at - before) & 3) !== 0 && bytes[at] !== LINE_FEED; at++) seen |= bytes[at] ?? 0;
    if (bytes[at] !== LINE_FEED) {
      let word = (at - before) >> 2;
      for (; word < words.length; word++) {
        const four = words[word] ?? 0;
        // A byte that was zero is the lowest whose highest bit borrowing sets.
        const zeroes = four ^ LINE_FEEDS;
        if (((zeroes - ONES) & ~zeroes & HIGHS) !== 0) break;
        seen |= four;
      }
      at = Math.max(at, before + word * 4);
      for (; bytes[at] !== LINE_FEED; at++) seen |= bytes[at] ?? 0;
    }
    this.areAscii = (seen & HIGHS) === 0;
    return at;
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
