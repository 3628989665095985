/**
 * A consumer's channel.
 *
 * @module
 */

import { Batch } from "./batch.ts";
import type { Ledger } from "./ledger.ts";
import { type Crowd, Pace } from "./pace.ts";
import type { RoutedEvent } from "./routed_event.ts";

/** What a channel may hold. */
export interface ChannelLimits {
  readonly events: number;
  readonly bytes: number;
}

/**
 * The events that wait for one consumer.
 *
 * - **Order.** First in, first out.
 * - **Bound.** At most so many events and bytes. When it is full the oldest goes that is not being
 *   written; an event that alone is larger than the bound goes at once. So that the newest finds room
 *   beside a write that is stuck, and each loss shows as a gap before it, a batch has at most half of
 *   the bound, or one event.
 * - **Seq.** Every event gets the next number, from 1, before it is put in: what is evicted shows
 *   as a gap. So the numbers of the events that wait are without gaps.
 * - **Counted.** `received` = `dropped` + `delivered` + `queued`, at any time until
 *   {@linkcode Channel.discard}.
 * - **One batch out.** What is being written belongs to the channel until it is taken whole.
 * - **Shared.** The events' bytes are charged to the ledger once for all channels; a batch in full.
 */
export class Channel {
  /** Events put in. */
  received = 0;
  /** Events evicted. */
  dropped = 0;
  /** Events taken whole by the system. */
  delivered = 0;
  /** Whether the consumer keeps up. */
  readonly pace: Pace;

  // A ring whose capacity is a power of two; it grows up to the limit and shrinks when empty.
  #ring: (RoutedEvent | undefined)[] = new Array(SMALLEST_RING);
  #head = 0;
  #length = 0;
  #bytes = 0;
  #batch: Batch | undefined;
  #isGivenUp = false;
  // What batches that were given up have left untaken: it counts as waiting until the end.
  #strandedEvents = 0;
  #strandedBytes = 0;
  #discarded = false;

  constructor(
    private readonly limits: ChannelLimits,
    private readonly ledger: Ledger,
    crowd: Crowd,
  ) {
    this.pace = new Pace(crowd, limits);
  }

  /** Events that wait, those being written included. */
  get queued(): number {
    return this.#length + this.#strandedEvents + (this.#batch?.restEvents ?? 0);
  }

  /** Bytes that wait, those being written included; room for each `seq` is counted. */
  get queuedBytes(): number {
    return this.#bytes + this.#strandedBytes + (this.#batch?.restBytes ?? 0);
  }

  /** Bytes of the events that wait and are not being written: what {@linkcode evict} can free. */
  get evictableBytes(): number {
    return this.#bytes;
  }

  /** Whether there is anything to lay out. */
  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Puts an event in, and the oldest out where there is no room. */
  push(event: RoutedEvent): void {
    if (this.#discarded) return;
    this.received++;
    if (this.#length === this.#ring.length) this.#resize(this.#ring.length * 2);
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = event;
    this.#length++;
    this.#bytes += event.size;
    event.retain();
    while (this.queued > this.limits.events || this.queuedBytes > this.limits.bytes) {
      if (!this.evict()) break;
    }
    this.#measure();
  }

  /** Drops the oldest event that is not being written, and counts it. False where there is none. */
  evict(): boolean {
    const event = this.#shift();
    if (!event) return false;
    this.dropped++;
    event.release();
    this.#measure();
    return true;
  }

  /** Bytes that the next batch will take. */
  nextBatchBytes(maxBytes: number): number {
    const mostBytes = Math.min(maxBytes, this.limits.bytes / 2);
    const mostEvents = this.limits.events / 2;
    let bytes = 0;
    for (let i = 0; i < this.#length; i++) {
      const size = this.#at(i).size;
      if (i > 0 && (bytes + size > mostBytes || i + 1 > mostEvents)) break;
      bytes += size;
    }
    return bytes;
  }

  /**
   * Takes the oldest events out and lays them out for a write; there must be some, and no batch may
   * be out. Each write that took something is to be told to {@linkcode taken}.
   *
   * @param maxBytes the batch's size, which one event alone may pass
   */
  layOut(maxBytes: number): Batch {
    const capacity = this.nextBatchBytes(maxBytes);
    const batch = new Batch(capacity);
    // Shares of the ledger are given back before the batch is charged, lest an event be charged
    // twice at the very moment of its copy and cost somebody else an event.
    for (let bytes = 0; bytes < capacity;) {
      const seq = this.received - this.#length + 1;
      const event = this.#shift();
      if (!event) break;
      bytes += event.size;
      batch.add(event, seq);
      event.release();
    }
    this.#batch = batch;
    this.#isGivenUp = false;
    this.ledger.chargeWrite(batch.capacity);
    this.pace.hinder(false);
    this.#measure();
    return batch;
  }

  /** The system took so many bytes of the batch. */
  taken(bytes: number): void {
    const batch = this.#batch;
    if (!batch) return;
    const whole = batch.take(bytes);
    if (!this.#discarded) this.delivered += whole;
    if (batch.restBytes === 0) this.dropBatch();
    this.pace.taken();
    this.#measure();
  }

  /**
   * Nobody hopes for the batch that is out any more, but the system may hold it for long: its bytes
   * are counted among what waits, lest they keep others from writing.
   */
  giveUpBatch(): void {
    if (!this.#batch || this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.ledger.releaseWrite(this.#batch.capacity);
    this.ledger.charge(this.#batch.capacity);
  }

  /**
   * The batch is written or will never be; its bytes are given back. What was not taken of it still
   * counts as queued: it was neither evicted nor delivered.
   */
  dropBatch(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    this.#strandedEvents += batch.restEvents;
    this.#strandedBytes += batch.restBytes;
    if (this.#isGivenUp) this.ledger.release(batch.capacity);
    else this.ledger.releaseWrite(batch.capacity);
    // Of one that failed the system may hold a part for long.
    if (batch.restBytes === 0) batch.end();
  }

  /**
   * Throws away what waits, uncounted, and takes nothing any more. The batch that is out is left
   * to its write.
   */
  discard(): void {
    this.#discarded = true;
    for (let event = this.#shift(); event; event = this.#shift()) event.release();
    this.pace.end();
  }

  #measure(): void {
    // Nobody waits for one whose channel is thrown away, whatever is still being written.
    if (!this.#discarded) this.pace.waiting(this.queuedBytes, this.queued);
  }

  #at(index: number): RoutedEvent {
    const event = this.#ring[(this.#head + index) & (this.#ring.length - 1)];
    if (!event) throw new RangeError(`No event at ${index}: the channel holds ${this.#length}`);
    return event;
  }

  #shift(): RoutedEvent | undefined {
    if (this.#length === 0) return undefined;
    const event = this.#at(0);
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    this.#bytes -= event.size;
    if (this.#length === 0 && this.#ring.length > IDLE_RING) this.#resize(SMALLEST_RING);
    return event;
  }

  #resize(capacity: number): void {
    const ring: (RoutedEvent | undefined)[] = new Array(capacity);
    for (let i = 0; i < this.#length; i++) ring[i] = this.#at(i);
    this.#ring = ring;
    this.#head = 0;
  }
}

const SMALLEST_RING = 16;

/** Places that an empty channel may keep: room for the batches of an ordinary load. */
const IDLE_RING = 256;
