/**
 * Events laid out for one write.
 *
 * @module
 */

import { giveBack } from "../protocol/give_back.ts";
import type { LongFrame } from "./long_frame.ts";
import type { RoutedEvent } from "./routed_event.ts";

const SEQ_NAME = new TextEncoder().encode(',"seq":');
const ZERO = 0x30;
const CLOSE_OBJECT = 0x7d;
const LINE_FEED = 0x0a;

/** Frames as they are written: laid out once, for all batches that have the same. */
class Frames {
  length = 0;
  /** Where each frame ends. */
  readonly ends: number[] = [];
  users = 1;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}
}

/** Frames, one behind the other, and how far they have been taken. The first may be a piece. */
export class Batch {
  readonly #frames: Frames;
  #length = 0;
  #taken = 0;
  #count = 0;
  #whole = 0;

  /**
   * @param capacity bytes that the frames may need: pieces as they are, else their events' sizes. It
   * holds on to as many until it is done, taken or not
   */
  constructor(readonly capacity: number, frames = new Frames(new Uint8Array(capacity))) {
    this.#frames = frames;
  }

  /** Adds an event with a consumer's own `seq`. */
  add(event: RoutedEvent, seq: number): void {
    const { bytes } = this.#frames;
    const { body } = event;
    bytes.set(body, this.#length);
    let at = this.#length + body.length;
    for (let i = 0; i < SEQ_NAME.length; i++) bytes[at++] = SEQ_NAME[i] ?? 0;
    at = putDigits(bytes, at, seq, digitsOf(seq));
    bytes[at++] = CLOSE_OBJECT;
    bytes[at++] = LINE_FEED;
    this.#end(at);
  }

  /** Adds the next piece of a frame, as long as there is room; the frame ends here where it is whole. */
  addPiece(frame: LongFrame): void {
    this.#length += frame.layOut(this.#frames.bytes.subarray(this.#length));
    if (frame.rest === 0) this.#end(this.#length);
  }

  /**
   * A batch of its first frames, for another consumer whose numbers are as long.
   *
   * @param capacity bytes that it is charged
   * @param count frames
   * @param by how much the numbers of the other are higher
   */
  alike(capacity: number, count: number, by: number): Batch {
    const { bytes, ends } = this.#frames;
    const length = ends[count - 1] ?? 0;
    if (by === 0) {
      this.#frames.users++;
      return new Batch(capacity, this.#frames).#upTo(length, count);
    }
    const frames = new Frames(bytes.slice(0, length));
    for (let i = 0; i < count; i++) {
      const end = ends[i] ?? 0;
      frames.ends.push(end);
      addToDigits(frames.bytes, end - 3, by);
    }
    return new Batch(capacity, frames).#upTo(length, count);
  }

  /** What has not been taken yet. */
  get rest(): Uint8Array {
    return this.#frames.bytes.subarray(this.#taken, this.#length);
  }

  /** Bytes not yet taken. */
  get restBytes(): number {
    return this.#length - this.#taken;
  }

  /** Events that end in it and are not yet taken whole. */
  get restEvents(): number {
    return this.#count - this.#whole;
  }

  /** All is taken, and the system has let go of it: its memory is given back once nobody uses it. */
  end(): void {
    if (--this.#frames.users === 0) giveBack(this.#frames.bytes);
  }

  /** Notes that the system took bytes. Returns how many events are whole with them. */
  take(bytes: number): number {
    this.#taken += bytes;
    const before = this.#whole;
    if (this.#taken >= this.#length) this.#whole = this.#count;
    const { ends } = this.#frames;
    while (this.#whole < this.#count && (ends[this.#whole] ?? 0) <= this.#taken) this.#whole++;
    return this.#whole - before;
  }

  #end(at: number): void {
    this.#length = at;
    this.#count = this.#frames.ends.push(at);
  }

  #upTo(length: number, count: number): this {
    this.#length = length;
    this.#count = count;
    return this;
  }
}

/** What comes behind an event's text in a consumer's frame. */
export function ending(seq: number): Uint8Array {
  return new TextEncoder().encode(`,"seq":${seq}}\n`);
}

/** How many digits a whole number has. */
export function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}

function putDigits(bytes: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    bytes[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + digits;
}

/** Adds to a number that stands there in digits; there is room for the sum. */
function addToDigits(bytes: Uint8Array, last: number, by: number): void {
  let rest = by;
  for (let at = last; rest !== 0; at--) {
    const sum = (bytes[at] ?? ZERO) - ZERO + rest;
    // A negative rest borrows.
    rest = Math.floor(sum / 10);
    bytes[at] = ZERO + (sum - rest * 10);
  }
}
