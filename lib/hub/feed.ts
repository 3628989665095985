/**
 * The events for all that asked for the same.
 *
 * @module
 */

import type { RoutedEvent } from "./routed_event.ts";

/** Events and bytes that may come before anything changes for a follower but their number. */
export interface Room {
  readonly events: number;
  readonly bytes: number;
}

/** Who gets the events of a feed, each at its own pace. */
export interface Follower {
  /** The number of the event that it takes next; those before it are nothing to it any more. */
  readonly at: number;
  /** Events have come for which there was no room: what follows from them is to be done now. */
  settle(): Room;
  /** There is something for it, for the first time since it said that it {@linkcode Feed.sleep}s. */
  wake(): void;
}

/**
 * A row of events, put in once for all who get them. Where each of these is in it, is a number; so what
 * an event costs does not grow with those it goes to, until it is written to them.
 *
 * - **Numbered.** From 0, without gaps, for as long as the feed lasts.
 * - **Held** until the last follower is past it, and charged once.
 * - **Exact.** Followers settle at the very event that changes something for one of them: it falls
 *   behind, or loses its oldest. In between none is looked at.
 */
export class Feed {
  /** Unix time in milliseconds of the last event; 0 before the first. */
  lastAt = 0;

  // A ring whose capacity is a power of two; it grows as needed and shrinks when empty.
  #ring: (RoutedEvent | undefined)[] = new Array(SMALLEST_RING);
  /** For each place of the ring, the bytes of all events before it. */
  #sums: number[] = new Array(SMALLEST_RING).fill(0);
  #first = 0;
  #next = 0;
  /** Bytes of all events so far. */
  #sum = 0;
  readonly #followers = new Set<Follower>();
  /** Followers that are at the first event, or all of them where there is none. */
  #atFirst = 0;
  #asleep: Follower[] = [];
  // What may come before anybody has to settle.
  #roomEvents = 0;
  #roomBytes = 0;

  /** The number that the next event gets. */
  get next(): number {
    return this.#next;
  }

  /** The places of the events: that of number n is n modulo their count, a power of two. */
  get ring(): readonly (RoutedEvent | undefined)[] {
    return this.#ring;
  }

  /** One comes, which is at the {@linkcode next} event. */
  join(follower: Follower): void {
    this.#followers.add(follower);
    if (this.#first === this.#next) this.#atFirst++;
    this.forgetRoom();
    this.sleep(follower);
  }

  /** One leaves. */
  leave(follower: Follower): void {
    if (!this.#followers.delete(follower)) return;
    this.#asleep = this.#asleep.filter((other) => other !== follower);
    this.passed(follower.at);
  }

  /** A follower has less room than it said, or has not said it: all settle at the next event. */
  forgetRoom(): void {
    this.#roomEvents = 0;
  }

  /** Nothing is left for this follower: it wants to be woken by the next event. */
  sleep(follower: Follower): void {
    this.#asleep.push(follower);
  }

  /** Adds an event. */
  push(event: RoutedEvent): void {
    if (this.#followers.size === 0) return;
    // First, for the charge may cost a follower its oldest.
    event.retain();
    if (this.#next - this.#first === this.#ring.length) this.#resize(this.#ring.length * 2);
    const place = this.#next & (this.#ring.length - 1);
    this.#ring[place] = event;
    this.#sums[place] = this.#sum;
    this.#next++;
    this.#sum += event.size;
    this.#roomBytes -= event.size;
    // Before they settle, for one that loses this very event sleeps again.
    if (this.#asleep.length > 0) this.#wake();
    if (--this.#roomEvents < 0 || this.#roomBytes < 0) this.#settle();
  }

  /** The event of a number from the first that somebody is not past. */
  event(number: number): RoutedEvent {
    const event = this.#ring[number & (this.#ring.length - 1)];
    if (!event) {
      throw new RangeError(`No event ${number}: there are ${this.#first} to ${this.#next}`);
    }
    return event;
  }

  /** Bytes of the events from a number on. */
  bytesFrom(number: number): number {
    if (number === this.#next) return 0;
    return this.#sum - (this.#sums[number & (this.#ring.length - 1)] ?? 0);
  }

  /** A follower is no longer at this number; to be told once it is where it is now. */
  passed(number: number): void {
    if (number === this.#first && --this.#atFirst === 0) this.#letGo();
  }

  #settle(): void {
    let [events, bytes] = [Infinity, Infinity];
    for (const follower of this.#followers) {
      const room = follower.settle();
      events = Math.min(events, room.events);
      bytes = Math.min(bytes, room.bytes);
    }
    this.#roomEvents = events;
    this.#roomBytes = bytes;
  }

  #wake(): void {
    const asleep = this.#asleep;
    this.#asleep = [];
    for (const follower of asleep) follower.wake();
  }

  /** Nobody is at the first event any more. */
  #letGo(): void {
    let first = this.#next;
    for (const { at } of this.#followers) first = Math.min(first, at);
    this.#atFirst = 0;
    for (const { at } of this.#followers) if (at === first) this.#atFirst++;
    const mask = this.#ring.length - 1;
    for (; this.#first < first; this.#first++) {
      const place = this.#first & mask;
      const event = this.#ring[place];
      this.#ring[place] = undefined;
      event?.release();
    }
    if (this.#first === this.#next && this.#ring.length > IDLE_RING) this.#resize(SMALLEST_RING);
  }

  #resize(capacity: number): void {
    const ring: (RoutedEvent | undefined)[] = new Array(capacity);
    const sums: number[] = new Array(capacity).fill(0);
    const mask = this.#ring.length - 1;
    for (let number = this.#first; number < this.#next; number++) {
      ring[number & (capacity - 1)] = this.#ring[number & mask];
      sums[number & (capacity - 1)] = this.#sums[number & mask] ?? 0;
    }
    this.#ring = ring;
    this.#sums = sums;
  }
}

const SMALLEST_RING = 16;

/** Places that an empty feed may keep: room for the batches of an ordinary load. */
const IDLE_RING = 256;
