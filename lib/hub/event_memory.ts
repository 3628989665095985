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
  /** How often it was emptied: what was put in before is no longer there. */
  turn = 0;

  get isHeld(): boolean {
    return this.events.some((event) => event.isHeld);
  }

  /** Is empty again. Who still holds an event keeps it elsewhere. */
  clear(): void {
    for (const event of this.events) if (event.isHeld) event.moveOut();
    this.events.length = 0;
    this.used = 0;
    this.turn++;
  }
}

/**
 * Bytes that arrived together, with events among them. To copy them whole, as soon as one of them is
 * kept, takes a fraction of the time that it takes to copy one after the other.
 */
export class Arrival {
  /** @internal where the copy lies, as long as its block is in this turn */
  copy: { readonly block: Block; readonly turn: number; readonly at: number } | undefined;

  /** @param bytes they are not to change as long as events of them are published */
  constructor(readonly bytes: Uint8Array) {}
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

  /** An event with a copy of some of the bytes. */
  keep(arrival: Arrival, start: number, end: number): RoutedEvent {
    const { bytes } = arrival;
    if (end - start > LONG_EVENT_BYTES) return this.#alone(bytes.slice(start, end));
    let { copy } = arrival;
    if (copy?.turn !== copy?.block.turn) copy = undefined;
    if (!copy) {
      // Of bytes that have no room in a block most are not short events.
      if (bytes.length > EVENT_BLOCK_BYTES) return this.#alone(bytes.slice(start, end));
      arrival.copy = copy = this.#put(bytes);
    }
    const { block, at } = copy;
    const event = new RoutedEvent(block.bytes, this.ledger, false, at + start, at + end);
    block.events.push(event);
    return event;
  }

  #alone(bytes: Uint8Array): RoutedEvent {
    return new RoutedEvent(bytes, this.ledger, true);
  }

  #put(bytes: Uint8Array): NonNullable<Arrival["copy"]> {
    let block = this.#blocks.at(-1);
    if (!block || block.used + bytes.length > EVENT_BLOCK_BYTES) block = this.#next();
    const at = block.used;
    block.bytes.set(bytes, at);
    block.used += bytes.length;
    return { block, turn: block.turn, at };
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
