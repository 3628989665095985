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
 * Goes through bytes line by line. A line is named by its place in the chunk's text, and in its bytes,
 * so that nothing is made for it.
 *
 * The lines are those of a `TextLineStream`: each without its line feed, and without one carriage
 * return before it. Empty ones are skipped, one that is not UTF-8 is a fault in its place.
 */
export class Lines {
  /** Where the current line stands. Of one that is not UTF-8 there is no text. */
  text = "";
  start = 0;
  end = 0;
  byteStart = 0;
  byteEnd = 0;
  /** What is wrong with the current line. */
  fault: BadFrameError | FrameTooLargeError | undefined;

  /** Where the next line begins. */
  #textAt = 0;
  #byteAt = 0;
  #left = 0;
  #isTooLong = false;
  /** Whether the whole chunk is text, and whether each character of it is one byte. */
  #isText = true;
  #isAscii = true;

  /** @param bytes whole lines; they are not to change as long as lines are taken */
  constructor(readonly bytes: Uint8Array) {
    try {
      this.text = decoder.decode(bytes);
      this.#isAscii = this.text.length === bytes.length;
    } catch {
      this.#isText = this.#isAscii = false;
    }
  }

  /** Whether a line was too long: it was the last. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** Whether all lines were taken. */
  get isDone(): boolean {
    return this.#isTooLong || this.#byteAt === this.bytes.length;
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
    this.byteStart = this.#byteAt;
    const begin = this.#textAt;
    if (this.#isAscii) {
      this.#textAt = this.text.indexOf("\n", begin) + 1;
      this.#byteAt = this.#textAt;
    } else {
      this.#byteAt = this.bytes.indexOf(LINE_FEED, this.#byteAt) + 1;
      if (this.#isText) this.#textAt = this.text.indexOf("\n", begin) + 1;
    }
    this.byteEnd = this.#byteAt - 1;
    if (this.#byteAt - this.byteStart > MAX_FRAME_BYTES) {
      this.fault = new FrameTooLargeError(MAX_FRAME_BYTES);
      this.#isTooLong = true;
    } else if (this.#isText) {
      this.start = begin;
      this.end = this.#textAt - 1;
    } else this.#decode();
    if (this.byteEnd > this.byteStart && this.bytes[this.byteEnd - 1] === CARRIAGE_RETURN) {
      this.byteEnd--;
      this.end--;
    }
  }

  /** There are bad lines among the good; 0x0A is never a part of another character. */
  #decode(): void {
    this.start = this.end = 0;
    try {
      this.text = decoder.decode(this.bytes.subarray(this.byteStart, this.byteEnd));
      this.end = this.text.length;
    } catch {
      this.fault = new BadFrameError("not UTF-8");
    }
  }
}
