/**
 * The hub: who gets what, and what became of it.
 *
 * It is plain synchronous state. Sockets, timers and clocks stay outside and are passed in, so that
 * every rule of the contract can be tested in memory.
 *
 * @module
 */

import type {
  ClosedConsumerInfo,
  ConsumerInfo,
  Hello,
  RejectCode,
  TypeInfo,
} from "../protocol/messages.ts";
import { giveBack } from "../protocol/give_back.ts";
import { type Audience, Audiences } from "./audience.ts";
import { Channel, type ChannelLimits } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { Consumer, type ConsumerEdge, type EndReason } from "./consumer.ts";
import { Arrival, EventMemory } from "./event_memory.ts";
import { Keys } from "./keys.ts";
import { Layouts } from "./layouts.ts";
import { Ledger } from "./ledger.ts";
import { Crowd } from "./pace.ts";
import { Recent } from "./recent.ts";
import { RoutedEvent } from "./routed_event.ts";
import { Routes } from "./routes.ts";
import { CLOSED_CONSUMERS, STATUS_TYPES, STATUS_WORK } from "./limits.ts";

const STOPPED = "the hub stops";
const SINGLE = "this key takes one consumer at a time, and has one";
const NO_ROOM = "the hub has no room for what this consumer asks for";

/** What a hub may hold. */
export interface HubOptions {
  readonly clock: Clock;
  /** The bound of each consumer's channel. */
  readonly channel: ChannelLimits;
  /** Bytes in all buffers together. */
  readonly memoryBytes: number;
  /** Bytes that it may take to remember what consumers have asked for. */
  readonly subscribedBytes: number;
}

/** An event for {@linkcode Hub.publish}. */
export interface Publication {
  readonly event_type: string;
  readonly event_id?: string;
  /**
   * The frame from its brace to its last member, without `seq` and closing brace, in UTF-8. The hub
   * makes a copy where the bytes are not given to it.
   */
  readonly body: Uint8Array;
  /** Which part of these bytes it is; all, where it does not say. */
  readonly start?: number;
  readonly end?: number;
  /** The same bytes, where more events are published of them: one copy is made for all. */
  readonly arrival?: Arrival;
  /** Whether the bytes are the hub's from now on: their memory is given back once nobody needs it. */
  readonly isGiven?: boolean;
}

/** What became of an event. */
export type PublishOutcome = "routed" | "unmatched" | "duplicate";

/** The state of one hub. */
export class Hub {
  /** The bytes held in all buffers. */
  readonly ledger: Ledger;
  /** Events routed, without duplicates. */
  published = 0;
  /** Of them, those that no consumer had asked for. */
  unmatched = 0;
  /** Events dropped because their id had been seen. */
  duplicates = 0;

  readonly #clock: Clock;
  readonly #channelLimits: ChannelLimits;
  readonly #mostSubscribed: number;
  readonly #routes = new Routes<Audience>();
  readonly #audiences = new Audiences(this.#routes);
  readonly #keys = new Keys<Consumer>({
    admitted: (consumer, first) => this.#register(consumer, first),
    refused: (consumer, reason) => this.#reject(consumer, "cleanup", reason),
  });
  readonly #recent = new Recent();
  readonly #crowd: Crowd;
  readonly #memory: EventMemory;
  readonly #layouts = new Layouts();
  // In order of registration.
  readonly #consumers = new Set<Consumer>();
  readonly #waiting = new Set<Consumer>();
  readonly #closed: ClosedConsumerInfo[] = [];
  /** Bytes of what those that are there, or wait, have asked for. */
  #subscribedBytes = 0;
  #stopping = false;
  #singles: ReadonlySet<string> = new Set();

  constructor({ clock, channel, memoryBytes, subscribedBytes }: HubOptions) {
    this.#mostSubscribed = subscribedBytes;
    this.#clock = clock;
    this.#channelLimits = channel;
    this.#crowd = new Crowd(clock);
    this.ledger = new Ledger(memoryBytes);
    this.#memory = new EventMemory(this.ledger);
    this.ledger.relieveBy(() => this.#evictFromFattest());
  }

  /** Registered consumers. */
  get size(): number {
    return this.#consumers.size;
  }

  /** Keys that have a consumer, or somebody waiting. */
  get keyCount(): number {
    return this.#keys.size;
  }

  /** Bytes that it takes to remember what consumers have asked for. */
  get subscribedBytes(): number {
    return this.#subscribedBytes;
  }

  /** Whether somebody is behind or waits, so that {@linkcode look} has something to see. */
  get isPressed(): boolean {
    return this.#crowd.size > 0 || this.#waiting.size > 0;
  }

  /**
   * A valid hello. The edge is told that it is admitted or rejected, within this call or, where the
   * key is being set up or cleaned up, later.
   */
  join(hello: Hello, edge: ConsumerEdge): Consumer {
    const channel = new Channel(this.#channelLimits, this.ledger, this.#crowd, this.#layouts);
    const consumer = new Consumer(hello, channel, edge);
    this.#waiting.add(consumer);
    this.#subscribedBytes += consumer.subscribedBytes;
    if (this.#stopping) this.#reject(consumer, "stopped", STOPPED);
    else if (this.#subscribedBytes > this.#mostSubscribed) {
      this.#reject(consumer, "limit", NO_ROOM);
    } else if (this.#isTaken(consumer)) this.#reject(consumer, "single", SINGLE);
    else this.#keys.join(consumer, this.#clock.now());
    return consumer;
  }

  /** A consumer is gone, registered or still waiting; a second time does nothing. */
  leave(consumer: Consumer, reason: EndReason): void {
    if (consumer.state === "gone") return;
    if (this.#consumers.delete(consumer)) {
      const leaving = this.#keys.hasAsked(consumer);
      this.#closed.push(consumer.closedInfo(leaving, this.#clock.wall(), reason));
      if (this.#closed.length > CLOSED_CONSUMERS) this.#closed.shift();
    }
    this.#waiting.delete(consumer);
    this.#subscribedBytes -= consumer.subscribedBytes;
    consumer.state = "gone";
    this.#audiences.leave(consumer);
    consumer.channel.discard();
    // Last, for those that wait for its key are admitted within this call.
    this.#keys.leave(consumer);
  }

  /**
   * A consumer asks whether it is the last.
   *
   * @param key the group that it names
   * @returns true where the cleanup is reserved for it; it then gets no more events, and those that
   * waited for it are thrown away: who cleans up need not read
   */
  ask(consumer: Consumer, key: string): boolean {
    if (!this.#keys.ask(consumer, key)) return false;
    if (consumer.state === "registered") {
      consumer.state = "granted";
      this.#audiences.leave(consumer);
      consumer.channel.discard();
    }
    return true;
  }

  /** A consumer that was first has set its key up. */
  setupDone(consumer: Consumer): void {
    this.#keys.setupDone(consumer);
  }

  /**
   * The most work that {@linkcode holder} or {@linkcode publish} may have with a type, in tokens of
   * patterns compared: to be afforded before them. None where it is known who gets it.
   */
  workFor(eventType: string): number {
    return this.#routes.workFor(eventType);
  }

  /**
   * The consumer for which an event of this type has to wait, since it is behind and keeps up. To be
   * asked before each {@linkcode publish}, and again when that consumer's pace is released.
   */
  holder(eventType: string): Consumer | undefined {
    if (this.#crowd.holding === 0 || this.#stopping) return undefined;
    for (const { consumers } of this.#routes.takers(eventType)) {
      for (const consumer of consumers) if (consumer.channel.pace.holds) return consumer;
    }
    return undefined;
  }

  /** Routes an event: puts it in the channel of each consumer that it matches, at once. */
  publish(publication: Publication): PublishOutcome {
    const { event_type, event_id, body, isGiven } = publication;
    if (event_id !== undefined && this.#recent.note(event_id, this.#clock.now())) {
      this.duplicates++;
      if (isGiven) giveBack(body);
      return "duplicate";
    }
    const route = this.#routes.route(event_type);
    const wall = this.#clock.wall();
    route.published++;
    route.lastAt = wall;
    this.published++;
    if (route.takers.length === 0) {
      this.unmatched++;
      if (isGiven) giveBack(body);
      return "unmatched";
    }
    // Its room may cost a consumer its place, and the route then no longer knows whom it leads to.
    const { takers } = route;
    const event = this.#eventOf(publication);
    // Held here too, so that it is charged once even if a full ledger evicts it while it goes round.
    event.retain();
    for (const { feed } of takers) {
      feed.lastAt = wall;
      feed.push(event);
    }
    event.release();
    return "routed";
  }

  /** From now on the keys that take one consumer at a time are these; who is there stays. */
  takeOneAt(keys: ReadonlySet<string>): void {
    this.#singles = keys;
  }

  /** Gives up on those that do not keep up, and refuses those that have waited too long. */
  look(): void {
    this.#crowd.look();
    if (this.#waiting.size > 0) this.#keys.expire(this.#clock.now());
  }

  /** From now on no publisher is held back, and every hello is rejected, those that wait too. */
  stop(): void {
    this.#stopping = true;
    for (const consumer of this.#keys.dismiss()) this.#reject(consumer, "stopped", STOPPED);
    for (const { channel } of this.#consumers) channel.pace.end();
  }

  /** Every registered consumer, in order of registration. */
  consumers(): ConsumerInfo[] {
    return Array.from(this.#consumers, (consumer) => consumer.info(this.#keys.hasAsked(consumer)));
  }

  /** The last consumers that are gone, oldest first. */
  closed(): ClosedConsumerInfo[] {
    return [...this.#closed];
  }

  /**
   * The event types seen last, oldest use first: fewer where it would take long to find out who gets
   * them. What was found out is remembered, so that they are more the next time.
   */
  types(): TypeInfo[] {
    const types: TypeInfo[] = [];
    const enough = this.#routes.work + STATUS_WORK;
    for (const { eventType, published, lastAt } of this.#routes.latest(STATUS_TYPES).reverse()) {
      if (this.#routes.work > enough) break;
      const consumers = this.#routes.count(eventType);
      types.push({ event_type: eventType, published, last_at: lastAt, consumers });
    }
    return types.reverse();
  }

  #eventOf({ body, start = 0, end = body.length, arrival, isGiven }: Publication): RoutedEvent {
    if (isGiven) return new RoutedEvent(body, this.ledger, true);
    return this.#memory.keep(arrival ?? new Arrival(body), start, end);
  }

  /** One that has asked is about to leave: who comes then waits for it. */
  #isTaken({ eventKey }: Consumer): boolean {
    if (!this.#singles.has(eventKey)) return false;
    for (const other of this.#consumers) {
      if (other.eventKey === eventKey && !this.#keys.hasAsked(other)) return true;
    }
    let waiting = 0;
    for (const other of this.#waiting) if (other.eventKey === eventKey) waiting++;
    return waiting > 1;
  }

  #register(consumer: Consumer, first: boolean): void {
    this.#waiting.delete(consumer);
    this.#consumers.add(consumer);
    this.#audiences.join(consumer);
    consumer.state = "registered";
    consumer.connectedAt = this.#clock.wall();
    consumer.edge.admitted(first);
  }

  #reject(consumer: Consumer, code: RejectCode, reason: string): void {
    this.#waiting.delete(consumer);
    this.#subscribedBytes -= consumer.subscribedBytes;
    consumer.state = "gone";
    consumer.edge.rejected(code, reason);
  }

  #evictFromFattest(): boolean {
    let fattest: Channel | undefined;
    for (const { channel } of this.#consumers) {
      if (!fattest || channel.evictableBytes > fattest.evictableBytes) fattest = channel;
    }
    return fattest?.evict() ?? false;
  }
}
