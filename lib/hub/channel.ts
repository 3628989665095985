/**
 * A consumer's channel.
 *
 * @module
 */

import { Batch } from "./batch.ts";
import { Feed, type Follower, type Room } from "./feed.ts";
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
 * - **Shared.** The events stand in a {@linkcode Feed}, once for all channels that follow it, and are
 *   charged to the ledger once; a channel knows how far it is in it. A batch is charged in full.
 */
export class Channel implements Follower {
  /** Events evicted. */
  dropped = 0;
  /** Events taken whole by the system. */
  delivered = 0;
  /** Whether the consumer keeps up. */
  readonly pace: Pace;

  #feed: Feed | undefined;
  /** Where it is in its feed, and where it began. */
  #at = 0;
  #begun = 0;
  #wake: () => void = () => {};
  #batch: Batch | undefined;
  /** An event of which a piece is laid out, and not all. */
  #long: LongFrame | undefined;
  // What is being written: the batch, what its event has besides, and what was given up.
  #outEvents = 0;
  #outBytes = 0;
  // What batches that were given up have left untaken: it counts as waiting until the end.
  #strandedEvents = 0;
  #strandedBytes = 0;
  #discarded = false;
  // What it has come to when it was thrown away.
  #receivedInAll = 0;
  #lastAtInAll = 0;

  /** @param layouts what has been laid out for other channels, where they have the same events */
  constructor(
    private readonly limits: ChannelLimits,
    private readonly ledger: Ledger,
    crowd: Crowd,
    private readonly layouts = new Layouts(),
  ) {
    this.pace = new Pace(crowd, limits);
  }

  /** Events put in. */
  get received(): number {
    return this.#feed ? this.#feed.next - this.#begun : this.#receivedInAll;
  }

  /** Unix time in milliseconds of the last of them; 0 where there was none. */
  get lastAt(): number {
    if (!this.#feed) return this.#lastAtInAll;
    return this.received > 0 ? this.#feed.lastAt : 0;
  }

  /** The number in the feed of the event that is laid out next. */
  get at(): number {
    return this.#at;
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

  /** Whether one more event would cost it its oldest. */
  get isFull(): boolean {
    return this.queued >= this.limits.events || this.queuedBytes >= this.limits.bytes;
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

  /**
   * From now on the events of a feed are put in. Once, unless it is thrown away.
   *
   * @param wake called when there is something to lay out
   */
  follow(feed: Feed, wake: () => void = () => {}): Feed {
    this.#feed = feed;
    this.#at = this.#begun = feed.next;
    this.#wake = wake;
    feed.join(this);
    return feed;
  }

  /** Puts an event in, where it follows no feed but its own. */
  push(event: RoutedEvent): void {
    if (this.#discarded) return;
    (this.#feed ?? this.follow(new Feed())).push(event);
  }

  /** Drops the oldest where there is no room for all. */
  settle(): Room {
    while (this.queued > this.limits.events || this.queuedBytes > this.limits.bytes) {
      if (!this.evict()) break;
    }
    this.#measure();
    const most = this.pace.behind ? this.limits : this.pace.level;
    return { events: most.events - this.queued, bytes: most.bytes - this.queuedBytes };
  }

  wake(): void {
    this.#wake();
  }

  /** Drops the oldest event that is not being written, and counts it. False where there is none. */
  evict(): boolean {
    if (this.#length === 0) return false;
    this.dropped++;
    this.#advance(1);
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
    if (!this.#long && this.#event(0).size > mostBytes) this.#beginLong();
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
    this.#receivedInAll = this.received;
    this.#lastAtInAll = this.lastAt;
    this.#discarded = true;
    const feed = this.#feed;
    this.#feed = undefined;
    feed?.leave(this);
    this.pace.end();
  }

  #countOut(): void {
    const [batch, long] = [this.#batch, this.#long];
    this.#outEvents = this.#strandedEvents + (batch?.restEvents ?? 0) + (long ? 1 : 0);
    this.#outBytes = this.#strandedBytes + (batch?.restBytes ?? 0) + (long?.rest ?? 0);
  }

  #measure(): void {
    // Nobody waits for one whose channel is thrown away, whatever is still being written.
    if (this.#discarded) return;
    const wasBehind = this.pace.behind;
    this.pace.waiting(this.queuedBytes, this.queued);
    // Fewer events make it fall behind again than it had room for while it was.
    if (wasBehind && !this.pace.behind) this.#feed?.forgetRoom();
  }

  /** Events that are not laid out yet. */
  get #length(): number {
    return this.#feed ? this.#feed.next - this.#at : 0;
  }

  /** Bytes of these, room for each `seq` included. */
  get #bytes(): number {
    return this.#feed?.bytesFrom(this.#at) ?? 0;
  }

  /** The `seq` of the oldest event that waits. */
  get #oldestSeq(): number {
    return this.received - this.#length + 1;
  }

  #beginLong(): void {
    const event = this.#event(0);
    // Held until all of it is laid out.
    event.retain();
    this.#long = new LongFrame(event, this.#oldestSeq);
    this.#advance(1);
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
    for (let i = 0; i < events; i++) batch.add(this.#event(i), this.#oldestSeq + i);
    this.#advance(events);
    return batch;
  }

  #layOutRun(mostBytes: number): Batch {
    const { events, bytes } = this.#fitting(mostBytes);
    const ring = this.#feed?.ring ?? [];
    const head = this.#at & (ring.length - 1);
    const batch = this.layouts.batch({ ring, head, count: events, bytes, seq: this.#oldestSeq });
    this.#advance(events);
    return batch;
  }

  /**
   * Goes past the oldest events. Before a batch of them is charged, lest an event be charged twice at the
   * very moment of its copy and cost somebody else an event.
   */
  #advance(count: number): void {
    const feed = this.#feed;
    if (!feed || count === 0) return;
    const before = this.#at;
    this.#at += count;
    feed.passed(before);
    if (this.#length === 0) feed.sleep(this);
  }

  /** How many of the oldest events go into so many bytes, and how many bytes they take. */
  #fitting(mostBytes: number): { events: number; bytes: number } {
    const most = Math.min(this.#length, Math.max(1, Math.floor(this.limits.events / 2)));
    if (most === this.#length && this.#bytes <= mostBytes) {
      return { events: most, bytes: this.#bytes };
    }
    let [events, bytes] = [0, 0];
    while (events < most) {
      const { size } = this.#event(events);
      if (bytes + size > mostBytes) break;
      bytes += size;
      events++;
    }
    return { events, bytes };
  }

  #event(index: number): RoutedEvent {
    if (!this.#feed || index >= this.#length) {
      throw new RangeError(`No event at ${index}: the channel holds ${this.#length}`);
    }
    return this.#feed.event(this.#at + index);
  }
}
