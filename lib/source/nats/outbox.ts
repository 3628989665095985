/**
 * The hub's events on their way to NATS.
 *
 * @module
 */

import { orAborted } from "../../platform/aborted.ts";
import { Bell } from "./bell.ts";
import { BoundedRow, type RowLimits } from "./bounded_row.ts";
import type { NatsMessages, OutgoingMessage } from "./messages.ts";
import type { SourceContext } from "../source.ts";

/** What an {@linkcode Outbox} needs. */
export interface OutboxOptions {
  readonly context: Pick<SourceContext, "consume" | "log">;
  /** The types, or patterns of them, that go out. */
  readonly types: readonly string[];
  readonly messages: NatsMessages;
  readonly limits: RowLimits;
}

/** Why an event did not go out. */
type Loss = "missed" | "dropped" | "refused" | "unsure" | "left";

/**
 * Keeps messages until they are taken. While the server is away the oldest make room for new ones;
 * else the hub waits, and treats this consumer as any other that is slow.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #row: BoundedRow<OutgoingMessage>;
  readonly #room = new Bell();
  readonly #lost = new Map<Loss, number>();
  #isAway = true;
  /** Dropped since the server was lost. */
  #dropped = 0;
  /** Is called when there is something to take. */
  onArrival: () => void = () => {};

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#row = new BoundedRow(options.limits);
  }

  /** How many wait. */
  get length(): number {
    return this.#row.length;
  }

  /** Whether the server is away. */
  set isAway(isAway: boolean) {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#room.ring();
    if (isAway || this.#dropped === 0) return;
    this.#options.context.log(
      "back",
      `${this.#dropped} events were dropped while the server was away`,
    );
    this.#dropped = 0;
  }

  /**
   * Takes the hub's events. Resolves when the signal has fired.
   *
   * @throws {BusError} `failed`: the hub gives no more
   */
  async gather(signal: AbortSignal): Promise<void> {
    const { context, types, messages } = this.#options;
    for await (const event of context.consume(types, signal)) {
      if (event.lost > 0) {
        this.lose("missed", event.lost, "the hub dropped what it could not pass on in time");
      }
      const message = messages.outgoing(event);
      if (!message) continue;
      if ("fault" in message) {
        this.lose("refused", 1, message.fault);
        continue;
      }
      while (!this.#isAway && this.#row.isFull && !signal.aborted) {
        await orAborted(this.#room.heard(), signal);
      }
      const dropped = this.#row.push(message, message.bytes);
      this.#dropped += dropped;
      if (dropped > 0) this.lose("dropped", dropped, "the server was away for too long");
      this.onArrival();
    }
  }

  /** Takes the first ones. */
  take(most: RowLimits): OutgoingMessage[] {
    const messages = this.#row.take(most);
    this.#room.ring();
    return messages;
  }

  /** Puts those back at the front that were taken and did not get through. */
  giveBack(messages: readonly OutgoingMessage[]): void {
    this.#row.giveBack(messages, ({ bytes }) => bytes);
  }

  /**
   * Nothing more is taken for now.
   *
   * @param isForEver whether what still waits will never go out
   */
  rest(isForEver: boolean): void {
    this.isAway = true;
    this.onArrival = () => {};
    const left = this.#row.length;
    if (isForEver && left > 0) this.lose("left", left, "the source was stopped before");
  }

  /** Counts events that do not go out, and says why. */
  lose(loss: Loss, count: number, why: string): void {
    const sum = (this.#lost.get(loss) ?? 0) + count;
    this.#lost.set(loss, sum);
    const events = count === 1 ? "an event" : `${count} events`;
    const may = loss === "unsure" ? "may not have gone out" : "did not go out";
    this.#options.context.log(loss, `${events} ${may}: ${why} (${sum} so far)`);
  }
}
