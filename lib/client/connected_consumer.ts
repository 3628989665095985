/**
 * A consumer on one connection.
 *
 * @module
 */

import { decode, encode } from "../protocol/codec.ts";
import { FrameTooLargeError } from "../protocol/errors.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import type { Frame } from "../protocol/framing.ts";
import { bye, type HelloAck, preShutdownCheck, type SourceInfo } from "../protocol/messages.ts";
import type { HubConnection } from "./connection.ts";
import { ConsumedEvent } from "./consumed_event.ts";
import type { Leave } from "./consumer_state.ts";
import { BYE_MS, CHECK_MS, within } from "./deadline.ts";
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
  /** Called when a source of the hub changes its state; how they are at first is in the `ack`. */
  onSourceStatus?: ((status: SourceInfo) => void) | undefined;
}

/** How a consumer's connection ended. */
export type ConnectionEnd =
  | { reason: "left" }
  | { reason: "hub_gone"; error: HubGoneError }
  | { reason: "failed"; error: unknown };

/**
 * Subscribes on a new connection. Resolves once the hub has accepted.
 *
 * @param signal when it fires before that the hello is taken back
 * @throws {RejectedError} the hub does not take this consumer
 * @throws {HubGoneError} it went away before it answered
 * @throws the signal's reason, if that fires before
 */
export async function subscribe(
  connection: HubConnection,
  subscription: Subscription,
  signal?: AbortSignal,
): Promise<ConnectedConsumer> {
  const { key, types, subscriptionId } = subscription;
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
    return new ConnectedConsumer(connection, accepted, subscription);
  } catch (error) {
    close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

/**
 * The events of one connection, taken one by one. It reads by itself, no more than one batch ahead
 * of who takes them.
 */
export class ConnectedConsumer {
  /** The hub's answer to the hello. */
  readonly ack: HelloAck;
  /** Resolves when nothing more is to be taken: it left, or all that came is taken. Never rejects. */
  readonly closed: Promise<ConnectionEnd>;
  readonly #connection: HubConnection;
  readonly #subscription: Subscription;
  readonly #changed = new Wakeup();
  #reading: Promise<void> | undefined;
  /** What was read and not taken stands from `#next` on. */
  #events: ConsumedEvent[] = [];
  #next = 0;
  #isOver = false;
  #end: ConnectionEnd | undefined;
  #leaving: Promise<Leave> | undefined;
  #last: boolean | undefined;
  #lastSeq = 0;
  #received = 0;
  #lost = 0;

  /** For {@linkcode subscribe}, which says hello first. */
  constructor(connection: HubConnection, accepted: Accepted, subscription: Subscription) {
    this.ack = accepted.ack;
    this.#connection = connection;
    this.#subscription = subscription;
    this.closed = this.#live(accepted.batches);
  }

  /** Events that were taken. */
  get received(): number {
    return this.#received;
  }

  /** Events that the hub dropped before one of those. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether no event is left, nor will come. */
  get isSpent(): boolean {
    return this.#leaving !== undefined || this.#end !== undefined && this.#isTaken;
  }

  /** Takes the next event; nothing where none is there now. */
  take(): ConsumedEvent | undefined {
    const event = this.#leaving ? undefined : this.#events[this.#next];
    if (event === undefined) return undefined;
    this.#next++;
    this.#received++;
    this.#lost += event.lost;
    if (this.#isTaken) this.#changed.wake();
    return event;
  }

  /** Resolves when there may be more to take, or it is spent. */
  changed(): Promise<void> {
    return this.#changed.wait();
  }

  /**
   * Asks whether this is the last consumer of its key, and leaves; what was not taken is thrown
   * away. Never rejects, and takes little more than a second on a hub that hangs.
   */
  leave(): Promise<Leave> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #live(batches: AsyncIterable<Frame[]>): Promise<ConnectionEnd> {
    this.#reading = this.#read(batches);
    await this.#reading;
    await this.#leaving;
    return this.#end ?? { reason: "left" };
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
    this.#end ??= { reason: "hub_gone", error };
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
}
