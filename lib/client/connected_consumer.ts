/**
 * A consumer on one connection.
 *
 * @module
 */

import { decode, encode } from "../protocol/codec.ts";
import { FrameTooLargeError } from "../protocol/errors.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import type { Frame } from "../protocol/framing.ts";
import { bye, type HelloAck, preShutdownCheck, setupDone } from "../protocol/messages.ts";
import type { HubConnection } from "./connection.ts";
import type { ConsumedEvent } from "./consumed_event.ts";
import type { Leave } from "./consumer_state.ts";
import { BYE_MS, CHECK_MS, CLEANUP_CHECK_MS, orLate } from "./deadline.ts";
import { HubGoneError } from "./errors.ts";
import { EventBuffer } from "./event_buffer.ts";
import { type Accepted, sayHello } from "./handshake.ts";
import type { Subscription } from "./subscription.ts";
import { Wakeup } from "./wakeup.ts";

/** That a setup failed, whatever it threw: no other try is made, as it might be where a hub fails. */
export class SetupFailure {
  /** @param error what it threw */
  constructor(readonly error: unknown) {}
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
  const { key, types, subscriptionId, setup } = subscription;
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
      ...(setup ? { sets_up: true } : {}),
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
 * of who takes them; while the key is set up, when nobody does, as much as a hub's channel holds.
 */
export class ConnectedConsumer {
  /** The hub's answer to the hello. */
  readonly ack: HelloAck;
  /** Resolves when nothing more is to be taken: it left, or all that came is taken. Never rejects. */
  readonly closed: Promise<ConnectionEnd>;
  readonly #connection: HubConnection;
  readonly #subscription: Subscription;
  readonly #changed = new Wakeup();
  /** Fires when nothing more comes from the hub. */
  readonly #gone = new AbortController();
  readonly #events = new EventBuffer();
  #reading: Promise<void> | undefined;
  #isSettingUp: boolean;
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
    this.#isSettingUp = subscription.setup !== undefined && accepted.ack.first_for_key;
    this.closed = this.#live(accepted.batches);
  }

  /** Events that were taken. */
  get received(): number {
    return this.#received;
  }

  /** Events that were dropped before one of those: by the hub, or here while the key was set up. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether no event is left, nor will come. */
  get isSpent(): boolean {
    return this.#leaving !== undefined || this.#end !== undefined && this.#events.isEmpty;
  }

  /** Takes the next event; nothing where none is there now. */
  take(): ConsumedEvent | undefined {
    const event = this.#leaving ? undefined : this.#events.take();
    if (event === undefined) return undefined;
    this.#received++;
    this.#lost += event.lost;
    if (this.#events.isEmpty) this.#changed.wake();
    return event;
  }

  /**
   * Sets the key up, where this is the first for it and has a setup. Where it rejects the connection
   * is closed, without a word: so the next one is first.
   *
   * @param leaving fires when the consumer is to leave
   * @throws {SetupFailure} the setup failed
   * @throws {HubGoneError} the hub went away meanwhile
   * @throws the signal's reason, if that fires before all is set up
   */
  async setUp(leaving: AbortSignal): Promise<void> {
    const { setup } = this.#subscription;
    if (!setup || !this.#isSettingUp) return;
    try {
      leaving.throwIfAborted();
      this.#throwIfEnded();
      await setup(AbortSignal.any([leaving, this.#gone.signal]));
      this.#throwIfEnded();
    } catch (error) {
      await this.#abandon();
      leaving.throwIfAborted();
      this.#throwIfEnded();
      throw new SetupFailure(error);
    }
    this.#isSettingUp = false;
    // A hub that does not know it may take it for a mistake.
    if (this.ack.capabilities?.includes("sets_up")) await this.#say(encode(setupDone()));
  }

  /** Resolves when there may be more to take, or it is spent. */
  changed(): Promise<void> {
    return this.#changed.wait();
  }

  /**
   * Asks whether this is the last consumer of its key, cleans the key up where it is and has a
   * cleanup, and leaves; what was not taken is thrown away. Never rejects, and takes little more than
   * a second on a hub that hangs, 5 s where there is a cleanup.
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

  async #read(batches: AsyncIterable<Frame[]>): Promise<void> {
    try {
      for await (const batch of batches) {
        for (const frame of batch) this.#takeFrame(frame);
        if (this.#isOver) break;
        await this.#untilTaken();
      }
      this.#endBy(new HubGoneError(this.#connection.paths));
    } catch (error) {
      this.#endBy(error);
    }
    this.#connection.close();
    await this.#untilTaken();
  }

  async #untilTaken(): Promise<void> {
    this.#changed.wake();
    while (!this.#events.isEmpty && !this.#leaving && !this.#isSettingUp) {
      await this.#changed.wait();
    }
    if (this.#leaving) this.#events.clear();
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
    this.#events.push(frame, lost);
    if (this.#isSettingUp) this.#events.trim();
  }

  #endBy(error: unknown): void {
    this.#isOver = true;
    this.#end ??= error instanceof HubGoneError
      ? { reason: "hub_gone", error }
      : { reason: "failed", error };
    this.#gone.abort();
  }

  #throwIfEnded(): void {
    if (this.#end && this.#end.reason !== "left") throw this.#end.error;
  }

  /** Lets go of the hub unasked. */
  async #abandon(): Promise<void> {
    this.#end ??= { reason: "left" };
    this.#leaving = Promise.resolve({ last: undefined });
    this.#changed.wake();
    this.#connection.close();
    await this.#reading;
  }

  async #leave(): Promise<Leave> {
    this.#changed.wake();
    const leave: Leave = { last: undefined };
    if (!this.#end) {
      this.#end = { reason: "left" };
      const { cleanup } = this.#subscription;
      await orLate(cleanup ? CLEANUP_CHECK_MS : CHECK_MS, this.#ask());
      leave.last = this.#last;
      if (cleanup && leave.last) await this.#cleanUp(cleanup, leave);
      await orLate(BYE_MS, this.#say(encode(bye())));
      this.#connection.close();
    }
    await this.#reading;
    return leave;
  }

  async #cleanUp(cleanup: (signal: AbortSignal) => Promise<void>, leave: Leave): Promise<void> {
    try {
      await cleanup(this.#gone.signal);
    } catch (error) {
      leave.cleanupError = error;
    }
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
