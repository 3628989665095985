/**
 * An event on its way: one text, shared by every channel it stands in.
 *
 * @module
 */

import { giveBack } from "../protocol/give_back.ts";
import type { Ledger } from "./ledger.ts";

/** Bytes of the longest `,"seq":N}` with its line end: a safe integer has at most 16 digits. */
const END_BYTES = 7 + 16 + 2;

/** Bytes that the event costs beside its text: objects, buffer header, places in channels. */
const OVERHEAD_BYTES = 256;

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

  /** The most bytes that this event takes on a socket, its `seq` and line end included. */
  get size(): number {
    return this.body.length + END_BYTES;
  }

  /** Adds a holder; the first one charges the event to the ledger. */
  retain(): void {
    if (this.#holders++ === 0) this.ledger.charge(this.body.length + OVERHEAD_BYTES);
  }

  /** Takes a holder away; with the last one the ledger has its bytes back. */
  release(): void {
    if (--this.#holders > 0) return;
    this.ledger.release(this.body.length + OVERHEAD_BYTES);
    if (this.isOwn) giveBack(this.body);
  }
}
