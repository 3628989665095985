/**
 * Consuming events.
 *
 * @module
 */

import { type HubChoice, hubPaths } from "../platform/paths.ts";
import { decode, encode } from "../protocol/codec.ts";
import { FrameTooLargeError } from "../protocol/errors.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import type { Frame } from "../protocol/framing.ts";
import { bye, type HelloAck, preShutdownCheck, type SourceInfo } from "../protocol/messages.ts";
import { connect } from "./connect.ts";
import type { HubConnection } from "./connection.ts";
import { ConsumedEvent } from "./consumed_event.ts";
import { BYE_MS, CHECK_MS, WAITING_MS, within } from "./deadline.ts";
import { HubGoneError } from "./errors.ts";
import { type Accepted, sayHello } from "./handshake.ts";
import { Wakeup } from "./wakeup.ts";

/** What a consumer asks for. */
export interface Subscription {
  /** Groups consumers: of those of one key one is first and one is last. */
  key: string;
  /** The event types, or patterns of them: `*` is any one token, `>` at the end one or more. */
  types: readonly string[];
  /** Groups consumers in the place of the key. */
  subscriptionId?: string | undefined;
  /** When it fires the consumer leaves, or gives up waiting for the hub's answer. */
  signal?: AbortSignal | undefined;
  /** Called when a source of the hub changes its state; how they are at first is in the `ack`. */
  onSourceStatus?: ((status: SourceInfo) => void) | undefined;
}

/** What to consume, and from which hub. */
export interface ConsumeOptions extends Subscription, HubChoice {
  /** Called once if the hub has not answered after a second: it hangs, or the key is cleaned up. */
  onWaiting?: (() => void) | undefined;
}

/** How a consumer ended. */
export interface ConsumerEnd {
  /**
   * `left`: by itself. `hub_gone`: the hub closed the connection or died. `failed`: this side could
   * not go on.
   */
  reason: "left" | "hub_gone" | "failed";
  /** What the loop throws, unless it left by itself. */
  error?: unknown;
  /** The reason that the hub gave, where it did: `stopped`, `slow`, `protocol`, `limit`. */
  hubReason?: string;
  /** Whether it was the last for its key; absent where the hub did not say. */
  last?: boolean;
  /** Events that the loop took. */
  received: number;
  /** Events that the hub dropped before one of those. */
  lost: number;
}

/** What a consumer that leaves is told. */
export interface Leave {
  /** Whether it was the last for its key; unknown where the hub did not answer in time. */
  last: boolean | undefined;
}

/**
 * Subscribes to a hub. Resolves once the hub has accepted: no event that is published afterwards
 * is missed.
 *
 * @throws {NoHubError} there is none
 * @throws {RejectedError} it does not take this consumer
 * @throws {HubGoneError} it went away before it answered
 * @throws the signal's reason, if that fires before
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const waiting = setTimeout(() => options.onWaiting?.(), WAITING_MS);
  try {
    return await subscribe(await connect(hubPaths(options), options), options);
  } finally {
    clearTimeout(waiting);
  }
}

/** {@linkcode consume} on a connection that is there. */
export async function subscribe(
  connection: HubConnection,
  subscription: Subscription,
): Promise<Consumer> {
  const { key, types, subscriptionId, signal } = subscription;
  // A hello that waits has no other way to be taken back.
  const close = () => connection.close();
  signal?.addEventListener("abort", close);
  try {
    signal?.throwIfAborted();
    const accepted = await sayHello(connection, {
      pid: Deno.pid,
      event_key: key,
      event_types: [...types],
      ...(subscriptionId ? { subscription_id: subscriptionId } : {}),
    });
    signal?.throwIfAborted();
    return new Consumer(connection, accepted, subscription);
  } catch (error) {
    close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

/**
 * The events for one consumer, as an async iterable.
 *
 * - **Order and loss.** Events come as the hub sent them; `lost` of an event says how many are
 *   missing right before it.
 * - **Back-pressure.** No more than one batch is read ahead of the loop. A loop that is too slow
 *   so loses its oldest events at the hub, where they are counted.
 * - **Leaving.** When the loop ends, however it ends, or the signal fires, the consumer asks whether
 *   it was the last for its key, and leaves. A loop that the signal ends just ends.
 * - **A hub that goes away** ends the loop with a {@linkcode HubGoneError} after the last event
 *   that came: it never looks like a normal end.
 */
export class Consumer implements AsyncIterable<ConsumedEvent>, AsyncDisposable {
  /** The hub's answer to the hello. */
  readonly ack: HelloAck;
  /** Resolves when the loop gets nothing more: the consumer left, or all is taken. Never rejects. */
  readonly closed: Promise<ConsumerEnd>;
  readonly #connection: HubConnection;
  readonly #subscription: Subscription;
  readonly #reading: Promise<void>;
  readonly #resolveClosed: (end: ConsumerEnd) => void;
  readonly #changed = new Wakeup();
  /** What was read and the loop has not taken stands from `#next` on. */
  #events: ConsumedEvent[] = [];
  #next = 0;
  #isOver = false;
  #end: Pick<ConsumerEnd, "reason" | "error" | "hubReason"> | undefined;
  #leaving: Promise<Leave> | undefined;
  #last: boolean | undefined;
  #lastSeq = 0;
  #received = 0;
  #lost = 0;

  /** For {@linkcode consume}, which says hello first. */
  constructor(connection: HubConnection, accepted: Accepted, subscription: Subscription) {
    this.ack = accepted.ack;
    this.#connection = connection;
    this.#subscription = subscription;
    const closed = Promise.withResolvers<ConsumerEnd>();
    this.closed = closed.promise;
    this.#resolveClosed = closed.resolve;
    subscription.signal?.addEventListener("abort", this.#onAbort);
    this.#reading = this.#read(accepted.batches);
  }

  /** Whether it is the first for its key, and so the one to set it up. */
  get first(): boolean {
    return this.ack.first_for_key;
  }

  /** The events. Leaves when the loop ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ConsumedEvent, void, void> {
    try {
      for (;;) {
        if (this.#leaving) return;
        const event = this.#nextEvent();
        if (event) yield event;
        else if (this.#end) throw this.#end.error;
        else await this.#changed.wait();
      }
    } finally {
      await this.leave();
    }
  }

  /**
   * Asks whether this is the last consumer of its key, and leaves; what the loop has not taken is
   * thrown away. Never rejects, and takes little more than a second on a hub that hangs.
   */
  leave(): Promise<Leave> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  readonly #onAbort = (): void => void this.leave();

  #nextEvent(): ConsumedEvent | undefined {
    const event = this.#events[this.#next];
    if (event === undefined) return undefined;
    this.#next++;
    this.#received++;
    this.#lost += event.lost;
    if (this.#isTaken) this.#changed.wake();
    return event;
  }

  get #isTaken(): boolean {
    return this.#next === this.#events.length;
  }

  async #read(batches: AsyncIterable<Frame[]>): Promise<void> {
    try {
      for await (const batch of batches) {
        for (const frame of batch) this.#takeFrame(frame);
        if (this.#isOver) break;
        await this.#untilTaken();
      }
      this.#endBy(new HubGoneError(this.#connection.paths));
    } catch (error) {
      this.#end ??= { reason: "failed", error };
    }
    this.#isOver = true;
    this.#connection.close();
    await this.#untilTaken();
    if (!this.#leaving) this.#close();
  }

  async #untilTaken(): Promise<void> {
    this.#changed.wake();
    while (!this.#isTaken && !this.#leaving) await this.#changed.wait();
    this.#events = [];
    this.#next = 0;
  }

  #takeFrame(frame: Frame): void {
    if (frame instanceof FrameTooLargeError) throw frame;
    const message = typeof frame === "string" ? decode(frame) : frame;
    // What cannot be read is skipped: newer hubs may say more. If it was an event, the gap shows it.
    if (message instanceof Error) return;
    if (message instanceof EventFrame) {
      this.#takeEvent(message);
    } else if (message.type === "source_status") {
      const { type: _, ...status } = message;
      this.#subscription.onSourceStatus?.(status);
    } else if (message.type === "pre_shutdown_ack") {
      this.#last = message.last_for_key;
      this.#changed.wake();
    } else if (message.type === "bye") {
      this.#endBy(new HubGoneError(this.#connection.paths, message.reason));
    }
  }

  #takeEvent(frame: EventFrame): void {
    const seq = frame.seq ?? 0;
    const lost = Math.max(0, seq - this.#lastSeq - 1);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#events.push(new ConsumedEvent(frame, lost));
  }

  #endBy(error: HubGoneError): void {
    this.#isOver = true;
    const { hubReason } = error;
    this.#end ??= { reason: "hub_gone", error, ...(hubReason ? { hubReason } : {}) };
  }

  async #leave(): Promise<Leave> {
    this.#changed.wake();
    if (!this.#end) {
      this.#end = { reason: "left" };
      await within(CHECK_MS, this.#ask());
      await within(BYE_MS, this.#say(encode(bye())));
      this.#connection.close();
    }
    await this.#reading;
    this.#close();
    return { last: this.#last };
  }

  async #ask(): Promise<void> {
    const { key, subscriptionId } = this.#subscription;
    const check = preShutdownCheck({
      event_key: key,
      ...(subscriptionId ? { subscription_id: subscriptionId } : {}),
    });
    await this.#say(encode(check));
    while (this.#last === undefined && !this.#isOver) await this.#changed.wait();
  }

  /** Whether it could be said does not matter: if not, the hub has gone, and the reading ends. */
  async #say(text: string): Promise<void> {
    await this.#connection.send(text).catch(() => {});
  }

  #close(): void {
    this.#subscription.signal?.removeEventListener("abort", this.#onAbort);
    this.#resolveClosed({
      reason: "left",
      ...this.#end,
      ...(this.#last === undefined ? {} : { last: this.#last }),
      received: this.#received,
      lost: this.#lost,
    });
  }
}
