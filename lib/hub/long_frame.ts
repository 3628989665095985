/**
 * A frame that is longer than one write may be.
 *
 * @module
 */

import { ending } from "./batch.ts";
import type { RoutedEvent } from "./routed_event.ts";

/**
 * An event on its way to one consumer, piece by piece. Its text stays where all share it; only the
 * piece that is being written is a copy, for the system may keep hold of that for long.
 */
export class LongFrame {
  readonly #end: Uint8Array;
  #laidOut = 0;

  /** @param event the caller holds it, until all is laid out or nobody wants the rest */
  constructor(readonly event: RoutedEvent, seq: number) {
    this.#end = ending(seq);
  }

  /** Bytes that are not laid out yet. */
  get rest(): number {
    return this.event.body.length + this.#end.length - this.#laidOut;
  }

  /** Lays out as much as there is room for; returns the number of bytes. */
  layOut(target: Uint8Array): number {
    const { body } = this.event;
    const length = Math.min(target.length, this.rest);
    const ofBody = Math.max(0, Math.min(length, body.length - this.#laidOut));
    if (ofBody > 0) target.set(body.subarray(this.#laidOut, this.#laidOut + ofBody));
    const from = this.#laidOut + ofBody - body.length;
    if (ofBody < length) target.set(this.#end.subarray(from, from + length - ofBody), ofBody);
    this.#laidOut += length;
    return length;
  }
}
