/**
 * An event on its way: one text, shared by every channel it stands in.
 *
 * @module
 */

import { giveBack } from "../protocol/give_back.ts";
import type { Ledger } from "./ledger.ts";

/** Bytes of the longest `,"seq":N}` with its line end: a safe integer has at most 16 digits. */
const END_BYTES = 7 + 16 + 2;

/** Bytes that an event takes beside its text: objects, the buffer's own, a place in a channel. */
const OVERHEAD_BYTES = 512;

/** One byte in so many is lost beside a text, for memory comes in pieces. */
const WASTED_PART = 16;

/** The part of an event that is the same for every consumer, in UTF-8. */
export class RoutedEvent {
  /** The most bytes that this event takes on a socket, its `seq` and line end included. */
  readonly size: number;
  #bytes: Uint8Array;
  #start: number;
  readonly #length: number;
  #holders = 0;

  /**
   * @param bytes the frame from its brace to its last member, without `seq` and closing brace
   * @param isOwn whether nobody else uses the bytes, so that their memory goes with the last holder
   * @param start where in the bytes that stands, if they are others' too
   * @param end where it ends
   */
  constructor(
    bytes: Uint8Array,
    private readonly ledger: Ledger,
    private isOwn = false,
    start = 0,
    end = bytes.length,
  ) {
    this.#bytes = bytes;
    this.#start = start;
    this.#length = end - start;
    this.size = this.#length + END_BYTES;
  }

  /** The bytes themselves, where they are now. */
  get body(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + this.#length);
  }

  /** Whether a channel holds it. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Bytes of memory, as measured: by far the most of a short event is not its text. */
  get #cost(): number {
    return this.#length + Math.floor(this.#length / WASTED_PART) + OVERHEAD_BYTES;
  }

  /** From now on it uses nobody else's bytes. */
  moveOut(): void {
    if (this.isOwn) return;
    this.#bytes = this.body.slice();
    this.#start = 0;
    this.isOwn = true;
  }

  /** Adds a holder; the first one charges the event to the ledger. */
  retain(): void {
    if (this.#holders++ === 0) this.ledger.charge(this.#cost);
  }

  /** Takes a holder away; with the last one the ledger has its bytes back. */
  release(): void {
    if (--this.#holders > 0) return;
    this.ledger.release(this.#cost);
    if (this.isOwn) giveBack(this.#bytes);
  }
}
