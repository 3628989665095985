/**
 * A consumer's channel.
 *
 * @module
 */

import { Batch } from "./batch.ts";
import { Layouts } from "./layouts.ts";
import type { Ledger } from "./ledger.ts";
import { LongFrame } from "./long_frame.ts";
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
 *   the bound.
 * - **Seq.** Every event gets the next number, from 1, before it is put in: what is evicted shows
 *   as a gap. So the numbers of the events that wait are without gaps.
 * - **Counted.** `received` = `dropped` + `delivered` + `queued`, at any time until
 *   {@linkcode Channel.discard}.
 * - **One batch out.** What is being written belongs to the channel until it is taken whole. An event
 *   that is longer than a batch goes out in pieces, and nothing else before it is whole.
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
  /** An event of which a piece is laid out, and not all. */
  #long: LongFrame | undefined;
  // What is being written: the batch, what its event has besides, and what was given up. Looked up at
  // each event that is put in, and counted anew only when something is laid out or taken.
  #outEvents = 0;
  #outBytes = 0;
  // What batches that were given up have left untaken: it counts as waiting until the end.
  #strandedEvents = 0;
  #strandedBytes = 0;
  #discarded = false;

  /** @param layouts what has been laid out for other channels, where they have the same events */
  constructor(
    private readonly limits: ChannelLimits,
    private readonly ledger: Ledger,
    crowd: Crowd,
    private readonly layouts = new Layouts(),
  ) {
    this.pace = new Pace(crowd, limits);
  }

  /** Events that wait, those being written included. */
  get queued(): number {
    return this.#length + this.#outEvents;
  }

  /** Bytes that wait, those being written included; room for each `seq` is counted. */
  get queuedBytes(): number {
    return this.#bytes + this.#outBytes;
  }

  /** Bytes of the events that wait and are not being written: what {@linkcode evict} can free. */
  get evictableBytes(): number {
    return this.#bytes;
  }

  /** Whether there is nothing to lay out. */
  get isEmpty(): boolean {
    return this.#length === 0 && !this.#long;
  }

  /** Whether a frame has begun to go out of which some is not laid out yet. */
  get isWithinFrame(): boolean {
    return this.#long !== undefined;
  }

  /** Bytes of the event that has begun to go out and can no longer be evicted; 0 where none has. */
  get longBytes(): number {
    return this.#long?.event.size ?? 0;
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

  /**
   * Takes the oldest events out and lays them out for a write; there must be some, and no batch may
   * be out. Each write that took something is to be told to {@linkcode taken}.
   *
   * @param maxBytes the batch's size; an event that is longer goes out in pieces
   */
  layOut(maxBytes: number): Batch {
    const mostBytes = Math.max(1, Math.floor(Math.min(maxBytes, this.limits.bytes / 2)));
    if (!this.#long && this.#at(0).size > mostBytes) this.#beginLong();
    const batch = this.#long ? this.#layOutLong(this.#long, mostBytes) : this.#layOutRun(mostBytes);
    this.#batch = batch;
    this.#countOut();
    this.ledger.chargeWrite(batch.capacity);
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
    else this.#countOut();
    this.pace.taken();
    this.#measure();
  }

  /**
   * Nothing more is written: what a frame has begun without is given back, though the system may hold
   * the batch that is out for long.
   */
  giveUp(): void {
    const long = this.#long;
    if (!long) return;
    this.#long = undefined;
    this.#strandedEvents++;
    this.#strandedBytes += long.rest;
    long.event.release();
    this.#countOut();
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
    this.#countOut();
    this.ledger.releaseWrite(batch.capacity);
    // Of one that failed the system may hold a part for long.
    if (batch.restBytes > 0) return;
    this.layouts.forget();
    batch.end();
  }

  /**
   * Throws away what waits, uncounted, and takes nothing any more. What has begun to go out is left
   * to its writes.
   */
  discard(): void {
    this.#discarded = true;
    for (let event = this.#shift(); event; event = this.#shift()) event.release();
    this.pace.end();
  }

  #countOut(): void {
    const [batch, long] = [this.#batch, this.#long];
    this.#outEvents = this.#strandedEvents + (batch?.restEvents ?? 0) + (long ? 1 : 0);
    this.#outBytes = this.#strandedBytes + (batch?.restBytes ?? 0) + (long?.rest ?? 0);
  }

  #measure(): void {
    // Nobody waits for one whose channel is thrown away, whatever is still being written.
    if (!this.#discarded) this.pace.waiting(this.queuedBytes, this.queued);
  }

  /** The `seq` of the oldest event that waits. */
  get #oldestSeq(): number {
    return this.received - this.#length + 1;
  }

  #beginLong(): void {
    const seq = this.#oldestSeq;
    const event = this.#shift();
    if (event) this.#long = new LongFrame(event, seq);
  }

  /** The next piece of a long event, and what fits behind it where that is its last. */
  #layOutLong(long: LongFrame, mostBytes: number): Batch {
    const piece = Math.min(long.rest, mostBytes);
    const { events, bytes } = this.#fitting(mostBytes - piece);
    const batch = new Batch(piece + bytes);
    batch.addPiece(long);
    if (long.rest === 0) {
      this.#long = undefined;
      long.event.release();
    }
    for (let i = 0; i < events; i++) batch.add(this.#at(i), this.#oldestSeq + i);
    this.#letGo(events, bytes);
    return batch;
  }

  #layOutRun(mostBytes: number): Batch {
    const { events, bytes } = this.#fitting(mostBytes);
    const [ring, head, seq] = [this.#ring, this.#head, this.#oldestSeq];
    const batch = this.layouts.batch({ ring, head, count: events, bytes, seq });
    this.#letGo(events, bytes);
    return batch;
  }

  /**
   * Takes the oldest events out that are laid out. Their shares of the ledger are given back before the
   * batch is charged, lest an event be charged twice at the very moment of its copy and cost somebody
   * else an event.
   */
  #letGo(count: number, bytes: number): void {
    const mask = this.#ring.length - 1;
    for (let i = 0; i < count; i++) {
      const at = (this.#head + i) & mask;
      this.#ring[at]?.release();
      this.#ring[at] = undefined;
    }
    this.#head = (this.#head + count) & mask;
    this.#length -= count;
    this.#bytes -= bytes;
    this.#shrink();
  }

  /** How many of the oldest events go into so many bytes, and how many bytes they take. */
  #fitting(mostBytes: number): { events: number; bytes: number } {
    const most = Math.min(this.#length, Math.max(1, Math.floor(this.limits.events / 2)));
    let [events, bytes] = [0, 0];
    while (events < most) {
      const { size } = this.#at(events);
      if (bytes + size > mostBytes) break;
      bytes += size;
      events++;
    }
    return { events, bytes };
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
    this.#shrink();
    return event;
  }

  #shrink(): void {
    if (this.#length === 0 && this.#ring.length > IDLE_RING) this.#resize(SMALLEST_RING);
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
