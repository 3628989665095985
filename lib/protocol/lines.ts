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
  readonly #isText: boolean;

  /** @param bytes whole lines; they are not to change as long as lines are taken */
  constructor(readonly bytes: Uint8Array) {
    this.#isText = isAscii(bytes) || isText(bytes);
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
    this.#next = this.bytes.indexOf(LINE_FEED, this.start) + 1;
    this.end = this.#next - 1;
    if (this.#next - this.start > MAX_FRAME_BYTES) {
      this.fault = new FrameTooLargeError(MAX_FRAME_BYTES);
      this.#isTooLong = true;
      return;
    }
    if (this.end > this.start && this.bytes[this.end - 1] === CARRIAGE_RETURN) this.end--;
    if (!this.#isText && !isText(this.bytes.subarray(this.start, this.end))) {
      this.fault = new BadFrameError("not UTF-8");
    }
  }
}

/** Whether no byte has its highest bit set. Four of them are looked at together. */
function isAscii(bytes: Uint8Array): boolean {
  const { buffer, byteOffset, length } = bytes;
  const before = Math.min(length, -byteOffset & 3);
  const count = (length - before) >> 2;
  let all = 0;
  if (count > 0) {
    const words = new Int32Array(buffer, byteOffset + before, count);
    for (let i = 0; i < count; i++) all |= words[i] ?? 0;
  }
  for (let i = 0; i < before; i++) all |= bytes[i] ?? 0;
  for (let i = before + count * 4; i < length; i++) all |= bytes[i] ?? 0;
  return (all & 0x80808080) === 0;
}

function isText(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
