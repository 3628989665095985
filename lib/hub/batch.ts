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

/** Frames, one behind the other, and how far they have been taken. The first may be a piece. */
export class Batch {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #taken = 0;
  /** Where each frame ends. */
  readonly #ends: number[] = [];
  #whole = 0;

  readonly #capacity: number;

  /** @param capacity bytes that the frames may need: pieces as they are, else their events' sizes */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#capacity = capacity;
  }

  /** Adds an event with a consumer's own `seq`. */
  add(event: RoutedEvent, seq: number): void {
    const bytes = this.#bytes;
    bytes.set(event.body, this.#length);
    let at = this.#length + event.body.length;
    bytes.set(SEQ_NAME, at);
    at = putDigits(bytes, at + SEQ_NAME.length, seq);
    bytes[at++] = CLOSE_OBJECT;
    bytes[at++] = LINE_FEED;
    this.#length = at;
    this.#ends.push(at);
  }

  /** Adds the next piece of a frame, as long as there is room; the frame ends here where it is whole. */
  addPiece(frame: LongFrame): void {
    this.#length += frame.layOut(this.#bytes.subarray(this.#length));
    if (frame.rest === 0) this.#ends.push(this.#length);
  }

  /** Bytes that the batch holds on to until it is done, taken or not. */
  get capacity(): number {
    return this.#capacity;
  }

  /** What has not been taken yet. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#taken, this.#length);
  }

  /** Bytes not yet taken. */
  get restBytes(): number {
    return this.#length - this.#taken;
  }

  /** Events that end in it and are not yet taken whole. */
  get restEvents(): number {
    return this.#ends.length - this.#whole;
  }

  /** All is taken, and the system has let go of it: its memory is given back. */
  end(): void {
    giveBack(this.#bytes);
  }

  /** Notes that the system took bytes. Returns how many events are whole with them. */
  take(bytes: number): number {
    this.#taken += bytes;
    const before = this.#whole;
    while (this.#whole < this.#ends.length && (this.#ends[this.#whole] ?? 0) <= this.#taken) {
      this.#whole++;
    }
    return this.#whole - before;
  }
}

/** What comes behind an event's text in a consumer's frame. */
export function ending(seq: number): Uint8Array {
  return new TextEncoder().encode(`,"seq":${seq}}\n`);
}

function putDigits(bytes: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    bytes[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return end;
}
