/**
 * Events that go to many are laid out once.
 *
 * @module
 */

import { Batch, digitsOf } from "./batch.ts";
import type { RoutedEvent } from "./routed_event.ts";

/** Some events of a ring, from its head on. */
export interface Run {
  readonly ring: readonly (RoutedEvent | undefined)[];
  readonly head: number;
  readonly count: number;
  /** Bytes that they may take on a socket. */
  readonly bytes: number;
  /** The `seq` of the first. */
  readonly seq: number;
}

/**
 * Remembers what was laid out last, as long as nobody has let go of it: the consumers of one type get
 * the same events in one turn, so all but the first of them only differ in their `seq`, if at all.
 */
export class Layouts {
  #batch: Batch | undefined;
  #events: readonly (RoutedEvent | undefined)[] = [];
  #seq = 0;

  /** The events as a batch. They are to be held until it is made, and may be let go of then. */
  batch(run: Run): Batch {
    return this.#alike(run) ?? this.#anew(run);
  }

  /** A batch is over, and its memory may be given back. */
  forget(): void {
    this.#batch = undefined;
    this.#events = [];
  }

  #alike({ ring, head, count, bytes, seq }: Run): Batch | undefined {
    const events = this.#events;
    if (!this.#batch || count > events.length) return undefined;
    const mask = ring.length - 1;
    for (let i = 0; i < count; i++) if (ring[(head + i) & mask] !== events[i]) return undefined;
    const by = seq - this.#seq;
    if (by !== 0) {
      const digits = digitsOf(seq);
      const areAlike = [seq + count - 1, this.#seq, this.#seq + count - 1]
        .every((number) => digitsOf(number) === digits);
      if (!areAlike) return undefined;
    }
    return this.#batch.alike(bytes, count, by);
  }

  #anew({ ring, head, count, bytes, seq }: Run): Batch {
    const batch = new Batch(bytes);
    const events: RoutedEvent[] = [];
    for (let i = 0; i < count; i++) {
      const event = ring[(head + i) & (ring.length - 1)];
      if (!event) throw new RangeError(`No event at ${i}: the ring holds fewer than ${count}`);
      batch.add(event, seq + i);
      events.push(event);
    }
    this.#batch = batch;
    this.#events = events;
    this.#seq = seq;
    return batch;
  }
}
