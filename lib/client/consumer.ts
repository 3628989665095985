/**
 * Consuming events.
 *
 * @module
 */

import { type HubChoice, hubPaths } from "../platform/paths.ts";
import type { HelloAck } from "../protocol/messages.ts";
import { comeBack, type Passage } from "./coming_back.ts";
import { type ConnectedConsumer, type ConnectionEnd, SetupFailure } from "./connected_consumer.ts";
import type { ConsumedEvent } from "./consumed_event.ts";
import type { AwayState, ConsumerEnd, ConsumerState, Leave } from "./consumer_state.ts";
import { WAITING_MS } from "./deadline.ts";
import type { HubGoneError } from "./errors.ts";
import { firstConnection, passageTo } from "./passage.ts";
import type { Subscription } from "./subscription.ts";
import { Wakeup } from "./wakeup.ts";

/** What to consume, from which hub, and what to do where there is none. */
export interface ConsumeOptions extends Subscription, HubChoice {
  /** Starts a hub where there is none; true unless said otherwise. */
  start?: boolean | undefined;
  /** Comes back to a hub when one goes away; true unless said otherwise. */
  reconnect?: boolean | undefined;
  /** When it fires the consumer leaves, or gives up waiting for the hub's answer. */
  signal?: AbortSignal | undefined;
  /** Called once if no hub has answered after a second: it hangs, or the key is cleaned up. */
  onWaiting?: (() => void) | undefined;
  /** Called when the consumer has lost its hub, when it is back, and when it has ended. */
  onState?: ((state: ConsumerState) => void) | undefined;
}

/**
 * Subscribes to a hub, which is started where there is none. Resolves once the hub has accepted, and
 * the key is set up where that is for this consumer to do: no event that is published afterwards is
 * missed, nor any that was published during the setup, within the bounds of a channel.
 *
 * @throws {NoHubError} there is none, and none is to be started
 * @throws {HubStartError} there is none, and none could be started
 * @throws {RejectedError} the hub does not take this consumer
 * @throws {HubGoneError} it went away before it answered, and so did the next; or during the setup,
 * and it is not to be come back to
 * @throws what the setup threw
 * @throws the signal's reason, if that fires before
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const { start = true, reconnect = true, signal, onState } = options;
  const waiting = setTimeout(() => options.onWaiting?.(), WAITING_MS);
  try {
    const passage = passageTo(hubPaths(options), options, () => clearTimeout(waiting));
    const connected = await firstConnection(passage, {
      startsHub: start,
      insists: reconnect,
      tell: (state) => onState?.(state),
      signal: signal ?? new AbortController().signal,
    });
    return new Consumer(connected, passage, { start, reconnect, signal, onState });
  } catch (error) {
    throw thrown(error);
  } finally {
    clearTimeout(waiting);
  }
}

/** What a consumer does when its hub goes away, and whom it tells. */
export interface Attachment {
  /** Comes back to a hub, as often as one goes away. */
  reconnect: boolean;
  /** May start a hub to come back to. */
  start: boolean;
  /** When it fires the consumer leaves. */
  signal?: AbortSignal | undefined;
  /** Called whenever the state has changed. */
  onState?: ((state: ConsumerState) => void) | undefined;
}

type Ending = Omit<ConsumerEnd, "last" | "cleanupError" | "received" | "lost">;

/**
 * The events for one consumer, as an async iterable.
 *
 * - **Order and loss.** Events come as the hub sent them; `lost` of an event says how many are
 *   missing right before it.
 * - **Back-pressure.** No more than one batch is read ahead of the loop. A loop that is too slow
 *   so loses its oldest events at the hub, where they are counted.
 * - **Leaving.** When the loop ends, however it ends, or the signal fires, the consumer asks whether
 *   it was the last for its key, cleans the key up if so, and leaves. A loop that the signal ends
 *   just ends. A cleanup that fails is thrown out of the loop.
 * - **A hub that goes away** is come back to, or to the next one; one that was stopped is waited for.
 *   That begins when the loop has taken what came before, and it waits meanwhile; the state says
 *   what it may have missed before the first event from there.
 * - **Where it does not come back** the loop ends with a {@linkcode HubGoneError} after the last
 *   event that came: it never looks like a normal end.
 */
export class Consumer implements AsyncIterable<ConsumedEvent>, AsyncDisposable {
  /** Resolves when the loop gets nothing more: the consumer left, or all is taken. Never rejects. */
  readonly closed: Promise<ConsumerEnd>;
  readonly #passage: Passage;
  readonly #attachment: Attachment;
  readonly #over = new AbortController();
  /** Another connection took the place of the last, or it is over. */
  readonly #changed = new Wakeup();
  #connected: ConnectedConsumer;
  #state: ConsumerState;
  #leaving: Promise<Leave> | undefined;
  /** Of connections before this one. */
  #received = 0;
  #lost = 0;

  /**
   * For {@linkcode consume}.
   *
   * @param connected its first connection
   * @param passage how it gets to the next one
   */
  constructor(connected: ConnectedConsumer, passage: Passage, attachment: Attachment) {
    this.#connected = connected;
    this.#passage = passage;
    this.#attachment = attachment;
    this.#state = { state: "connected", ack: connected.ack };
    attachment.signal?.addEventListener("abort", this.#onAbort);
    this.closed = this.#live();
    if (attachment.signal?.aborted) this.#onAbort();
  }

  /** How it stands with its hub. */
  get state(): ConsumerState {
    return this.#state;
  }

  /** The last answer of a hub to its hello. */
  get ack(): HelloAck {
    return this.#connected.ack;
  }

  /** Whether it is the first for its key, and so the one to set it up. */
  get first(): boolean {
    return this.ack.first_for_key;
  }

  /** The events. Leaves when the loop ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ConsumedEvent, void, void> {
    let hasFailed = false;
    try {
      while (!this.#leaving) {
        const event = this.#connected.take();
        if (event) {
          yield event;
        } else if (this.#state.state === "ended") {
          hasFailed = true;
          throw this.#state.end.error;
        } else if (this.#connected.isSpent) {
          await this.#changed.wait();
        } else {
          await this.#connected.changed();
        }
      }
    } finally {
      // Of two errors the one that ended it says more.
      if (hasFailed) await this.leave();
      else await this.#leaveOrThrow();
    }
  }

  /**
   * Asks whether this is the last consumer of its key, cleans the key up where it is and has a
   * cleanup, and leaves; what the loop has not taken is thrown away. Never rejects. Takes as long as
   * the cleanup, and little more than a second on a hub that hangs, or 5 s where there is a cleanup;
   * without a hub it is done at once, and nothing is cleaned up: nobody knows who is the last.
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

  async #leaveOrThrow(): Promise<void> {
    const { cleanupError } = await this.leave();
    if (cleanupError !== undefined) throw cleanupError;
  }

  async #leave(): Promise<Leave> {
    this.#over.abort();
    this.#changed.wake();
    await this.#connected.leave();
    // It may just have come back: then that connection is the one that it leaves.
    await this.closed;
    return await this.#connected.leave();
  }

  async #live(): Promise<ConsumerEnd> {
    let end: Ending;
    try {
      end = await this.#liveOn();
    } catch (error) {
      end = { reason: "failed", error: thrown(error) };
    }
    // Where a callback has thrown it still has its connection.
    const { last, cleanupError } = await this.#connected.leave();
    this.#attachment.signal?.removeEventListener("abort", this.#onAbort);
    const whole: ConsumerEnd = {
      ...end,
      ...(last === undefined ? {} : { last }),
      ...(cleanupError === undefined ? {} : { cleanupError }),
      received: this.#received + this.#connected.received,
      lost: this.#lost + this.#connected.lost,
    };
    this.#state = { state: "ended", end: whole };
    try {
      this.#attachment.onState?.(this.#state);
    } catch (error) {
      Object.assign(whole, { reason: "failed", error });
    }
    this.#changed.wake();
    return whole;
  }

  /** Consumes from one hub after the other, to the end. */
  async #liveOn(): Promise<Ending> {
    for (;;) {
      const end = await this.#connected.closed;
      if (end.reason !== "hub_gone" || !this.#attachment.reconnect) return ending(end);
      const from = Date.now();
      const next = await this.#comeBack(end.error);
      if (!next) return this.#endAway(end);
      this.#take(next, from);
    }
  }

  #comeBack(gone: HubGoneError): Promise<ConnectedConsumer | undefined> {
    const tell = (state: AwayState) => this.#become(state);
    return comeBack(this.#passage, gone, this.#attachment.start, tell, this.#over.signal);
  }

  #take(next: ConnectedConsumer, from: number): void {
    const before = this.#connected;
    this.#received += before.received;
    this.#lost += before.lost;
    this.#connected = next;
    const sameHub = before.ack.hub_id === undefined || next.ack.hub_id === undefined
      ? undefined
      : before.ack.hub_id === next.ack.hub_id;
    if (this.#leaving) void next.leave();
    this.#become({ state: "connected", ack: next.ack, absence: { from, to: Date.now(), sameHub } });
    this.#changed.wake();
  }

  #endAway(gone: ConnectionEnd): Ending {
    const { state } = this;
    const error = state.state === "away" ? { error: state.error } : {};
    return { ...ending(gone), ...error, reason: "left", away: true };
  }

  #become(state: ConsumerState): void {
    this.#state = state;
    this.#attachment.onState?.(state);
  }
}

function ending(end: ConnectionEnd): Ending {
  const hubReason = end.reason === "hub_gone" ? end.error.hubReason : undefined;
  return { ...end, ...(hubReason ? { hubReason } : {}) };
}

/** What was thrown: a setup's error is its own, whatever kept it apart from a hub's. */
function thrown(error: unknown): unknown {
  return error instanceof SetupFailure ? error.error : error;
}
