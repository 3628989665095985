/**
 * Publishing events.
 *
 * @module
 */

import { type HubChoice, hubPaths } from "../platform/paths.ts";
import { nextTurn } from "../platform/turn.ts";
import { decode, encode } from "../protocol/codec.ts";
import { BusError, FrameTooLargeError } from "../protocol/errors.ts";
import type { Frame } from "../protocol/framing.ts";
import { bye, type ErrorMessage, flush, type FlushAck } from "../protocol/messages.ts";
import { startHub } from "./autostart.ts";
import { greet } from "./connect.ts";
import type { HubConnection } from "./connection.ts";
import { ANSWER_MS, FLUSH_MS, orLate, REASON_MS } from "./deadline.ts";
import { frameNumberIn, HubGoneError, HubSilentError, RefusedError } from "./errors.ts";
import { hubPid } from "./hub_lock.ts";
import { eventFrame, eventFrameOf, type OutgoingEvent } from "../protocol/outgoing_event.ts";
import { Wakeup } from "./wakeup.ts";

/** Which hub to publish to. */
export interface PublisherOptions extends HubChoice {
  /** Starts a hub where there is none; true unless said otherwise. */
  start?: boolean | undefined;
  /** Ends the attempt to connect; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What became of events that the hub has acknowledged. */
export interface FlushTotals {
  /** Routed, without duplicates. */
  events: number;
  /** Of them, those that had at least one consumer. */
  matched: number;
  /** Dropped because their id was seen before. */
  duplicates: number;
}

/**
 * Connects to a hub as a publisher; it is started where there is none. Resolves once the hub has
 * answered a first flush, so that it is known to be there and to listen. Events that are published
 * stay with this hub: where it goes away nothing is sent to another one, for part of it may have
 * arrived.
 *
 * @throws {NoHubError} there is none, and none is to be started
 * @throws {HubStartError} there is none, and none could be started
 * @throws {HubSilentError} there is one, and it does not answer
 * @throws {RefusedError} it has no room for another connection
 */
export async function publisher(options: PublisherOptions = {}): Promise<Publisher> {
  const { start = true, signal } = options;
  const how = { signal, startHub: start ? startHub : undefined };
  return await greet(hubPaths(options), how, (connection) => Publisher.on(connection));
}

/** Characters that gather before a publisher has to wait. */
const BATCH_LENGTH = 64 * 1024;

interface PendingFlush {
  readonly id: number;
  /** Which frame of this connection it is, from 1. */
  readonly frame: number;
  /** How many events were sent before it. */
  readonly events: number;
  ack?: FlushAck;
}

/**
 * Sends events to a hub.
 *
 * - **Order.** Events reach each consumer in the order in which they were published.
 * - **Back-pressure.** `publish` and `send` resolve when there is room for more, not when the event
 *   has arrived; small events travel together. One that is not awaited just takes memory.
 * - **Certainty.** An event is known to be routed when a `flush` that came after it resolves;
 *   {@linkcode Publisher.acknowledged} counts those.
 * - **Failure.** When the hub refuses an event or goes away everything that is under way or follows
 *   throws the same {@linkcode RefusedError}, {@linkcode HubGoneError} or
 *   {@linkcode HubSilentError}. An event that could not be one is refused before it is sent
 *   (`bad_input`); the publisher goes on.
 */
export class Publisher implements AsyncDisposable {
  readonly #connection: HubConnection;
  readonly #patience: number;
  readonly #changed = new Wakeup();
  readonly #reading: Promise<void>;
  readonly #flushes: PendingFlush[] = [];
  readonly #totals: FlushTotals = { events: 0, matched: 0, duplicates: 0 };
  #unwritten = "";
  #isWriting = false;
  /** Frames sent, and of them events; what waits to be written counts. */
  #frames = 0;
  #events = 0;
  #acknowledged = 0;
  /** When the hub last took or said something, by the monotonic clock. */
  #lastSign = performance.now();
  #failure: Error | undefined;
  #isFailureTold = false;
  #isOver = false;
  #closing: Promise<FlushTotals> | undefined;

  private constructor(connection: HubConnection, patience: number) {
    this.#connection = connection;
    this.#patience = patience;
    this.#reading = this.#read();
  }

  /**
   * {@linkcode publisher} on a connection that is there.
   *
   * @param connection a new one
   * @param patience milliseconds without a sign of the hub until its answer to the first flush, and
   * to later ones
   */
  static async on(
    connection: HubConnection,
    { first = ANSWER_MS, later = FLUSH_MS }: { first?: number; later?: number } = {},
  ): Promise<Publisher> {
    const publisher = new Publisher(connection, later);
    try {
      await publisher.#flush(first);
    } catch (error) {
      await publisher.#reading;
      throw error;
    }
    return publisher;
  }

  /** How many events the hub has said to have routed or dropped as duplicates. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /**
   * Sends an event. Its time is now, if it has none.
   *
   * @throws {BusError} `bad_input`: it cannot be an event; nothing was sent
   */
  async publish(event: OutgoingEvent): Promise<void> {
    await this.#put(eventFrame(event, Date.now()), "event");
  }

  /**
   * Sends a whole event that is given as the text of its frame. It is sent as it is, with the time
   * now added if it has none.
   *
   * @throws {BusError} `bad_input`: it is no event; nothing was sent
   */
  async send(text: string): Promise<void> {
    await this.#put(eventFrameOf(text, Date.now()), "event");
  }

  /** Resolves when the hub has routed every event so far, with the counts since the last flush. */
  async flush(): Promise<FlushTotals> {
    return await this.#flush(this.#patience);
  }

  /** Flushes and leaves; resolves with the counts of the publisher's whole life. */
  close(): Promise<FlushTotals> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes; throws what went wrong, unless that was thrown before. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure && this.#isFailureTold) await this.#reading;
    else await this.close();
  }

  async #close(): Promise<FlushTotals> {
    try {
      await this.#flush(this.#patience);
      // All is acknowledged: from here on the hub may go, the answer stays the same.
      this.#isOver = true;
      await this.#connection.send(encode(bye())).catch(() => {});
    } finally {
      this.#isOver = true;
      this.#connection.close();
      await this.#reading;
    }
    return { ...this.#totals };
  }

  async #put(frame: string, kind: "event" | "flush"): Promise<void> {
    this.#throwFailure();
    if (this.#isOver) throw new BusError("failed", "the publisher is closed");
    this.#frames++;
    if (kind === "event") this.#events++;
    this.#unwritten += frame;
    if (!this.#isWriting) void this.#write();
    while (this.#unwritten.length > BATCH_LENGTH && !this.#failure) await this.#changed.wait();
    this.#throwFailure();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#unwritten !== "" && !this.#failure) {
        // What is published meanwhile gathers, and the answers of the hub get read.
        await nextTurn();
        const batch = this.#unwritten;
        this.#unwritten = "";
        this.#changed.wake();
        await this.#connection.send(batch);
        this.#lastSign = performance.now();
      }
    } catch (error) {
      await this.#failByWrite(error);
    }
    this.#isWriting = false;
  }

  /** A hub that closes has mostly said why: what it said is read first. */
  async #failByWrite(error: unknown): Promise<void> {
    if (error instanceof HubGoneError) await orLate(REASON_MS, this.#reading);
    this.#fail(error instanceof HubGoneError ? this.#gone() : error);
  }

  async #flush(timeout: number): Promise<FlushTotals> {
    const asked = performance.now();
    const id = this.#frames + 1;
    const pending: PendingFlush = { id, frame: id, events: this.#events };
    this.#flushes.push(pending);
    await this.#put(encode(flush(id)), "flush");
    const { paths } = this.#connection;
    while (!pending.ack) {
      this.#throwFailure();
      // Of a hub that owed nothing until then no sign was due before.
      const left = Math.max(this.#lastSign, asked) + timeout - performance.now();
      if (left > 0) await orLate(left, this.#changed.wait());
      else this.#fail(new HubSilentError(paths, await hubPid(paths)));
    }
    const { events, matched, duplicates } = pending.ack;
    return { events, matched, duplicates };
  }

  async #read(): Promise<void> {
    try {
      for await (const batch of this.#connection.frames()) {
        this.#lastSign = performance.now();
        for (const frame of batch) this.#take(frame);
        if (this.#failure) break;
      }
      this.#fail(this.#gone());
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(frame: Frame): void {
    if (frame instanceof FrameTooLargeError) throw frame;
    const message = typeof frame === "string" ? decode(frame) : frame;
    if (message instanceof Error) return;
    if (message.type === "flush_ack") this.#takeAck(message);
    else if (message.type === "error") this.#fail(this.#refusal(message));
  }

  #takeAck(ack: FlushAck): void {
    const at = this.#flushes.findIndex(({ id }) => id === ack.id);
    const [pending] = at === -1 ? [] : this.#flushes.splice(at, 1);
    if (!pending) return;
    pending.ack = ack;
    this.#acknowledged = Math.max(this.#acknowledged, pending.events);
    this.#totals.events += ack.events;
    this.#totals.matched += ack.matched;
    this.#totals.duplicates += ack.duplicates;
    this.#changed.wake();
  }

  #refusal(answer: ErrorMessage): Error {
    if (answer.code === "stopped") return this.#gone(answer.code);
    return new RefusedError(answer, this.#eventNumber(answer.message), this.#acknowledged);
  }

  #gone(hubReason?: string): HubGoneError {
    return new HubGoneError(this.#connection.paths, hubReason, this.#acknowledged);
  }

  /** Which event a hub means that names the number of a frame: flushes are frames too. */
  #eventNumber(message: string): number | undefined {
    const frame = frameNumberIn(message);
    if (frame === undefined) return undefined;
    const answered = this.#frames - this.#events - this.#flushes.length;
    const flushes = answered + this.#flushes.filter((pending) => pending.frame < frame).length;
    return frame - flushes;
  }

  #fail(error: unknown): void {
    if (this.#failure || this.#isOver) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#connection.close();
    this.#changed.wake();
  }

  #throwFailure(): void {
    if (!this.#failure) return;
    this.#isFailureTold = true;
    throw this.#failure;
  }
}
