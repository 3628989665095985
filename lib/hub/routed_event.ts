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
  #holders = 0;

  /**
   * @param body the frame from its brace to its last member, without `seq` and closing brace
   * @param isOwn whether nobody else uses the body, so that its memory goes with the last holder
   */
  constructor(
    readonly body: Uint8Array<ArrayBuffer>,
    private readonly ledger: Ledger,
    private readonly isOwn = false,
  ) {}

  /** Bytes of memory, as measured: by far the most of a short event is not its text. */
  get #cost(): number {
    return this.body.length + Math.floor(this.body.length / WASTED_PART) + OVERHEAD_BYTES;
  }

  /** The most bytes that this event takes on a socket, its `seq` and line end included. */
  get size(): number {
    return this.body.length + END_BYTES;
  }

  /** Adds a holder; the first one charges the event to the ledger. */
  retain(): void {
    if (this.#holders++ === 0) this.ledger.charge(this.#cost);
  }

  /** Takes a holder away; with the last one the ledger has its bytes back. */
  release(): void {
    if (--this.#holders > 0) return;
    this.ledger.release(this.#cost);
    if (this.isOwn) giveBack(this.body);
  }
}
