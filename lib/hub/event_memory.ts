/**
 * Where the texts of short events lie.
 *
 * @module
 */

import { EVENT_BLOCK_BYTES, EVENT_BLOCKS, LONG_EVENT_BYTES } from "./limits.ts";
import type { Ledger } from "./ledger.ts";
import { RoutedEvent } from "./routed_event.ts";

/** A piece of memory that many events share. */
class Block {
  readonly bytes = new Uint8Array(EVENT_BLOCK_BYTES);
  readonly events: RoutedEvent[] = [];
  used = 0;

  get isHeld(): boolean {
    return this.events.some((event) => event.isHeld);
  }

  /** Is empty again. Who still holds an event keeps it elsewhere. */
  clear(): void {
    for (const event of this.events) if (event.isHeld) event.moveOut();
    this.events.length = 0;
    this.used = 0;
  }
}

/**
 * Keeps the texts of short events side by side: to give each a buffer of its own would take longer than
 * all the rest of its way. Most are gone when the memory comes round again; one that waits for long
 * gets a buffer of its own then, so that it never holds on to others' memory.
 */
export class EventMemory {
  /** In the order in which they were filled last, the one that is being filled at the end. */
  readonly #blocks: Block[] = [];

  constructor(private readonly ledger: Ledger) {}

  /** An event with a copy of some bytes. */
  keep(bytes: Uint8Array, start: number, end: number): RoutedEvent {
    const length = end - start;
    if (length > LONG_EVENT_BYTES) {
      return new RoutedEvent(new Uint8Array(bytes.subarray(start, end)), this.ledger, true);
    }
    let block = this.#blocks.at(-1);
    if (!block || block.used + length > EVENT_BLOCK_BYTES) block = this.#next();
    const at = block.used;
    block.bytes.set(bytes.subarray(start, end), at);
    block.used = at + length;
    const event = new RoutedEvent(block.bytes, this.ledger, false, at, block.used);
    block.events.push(event);
    return event;
  }

  #next(): Block {
    const [oldest] = this.#blocks;
    const mayGrow = this.#blocks.length < EVENT_BLOCKS;
    if (!oldest || (mayGrow && oldest.isHeld)) {
      const block = new Block();
      this.#blocks.push(block);
      return block;
    }
    this.#blocks.shift();
    oldest.clear();
    this.#blocks.push(oldest);
    return oldest;
  }
}
