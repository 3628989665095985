/**
 * The hub's events on their way to NATS.
 *
 * @module
 */

import { backoff } from "../../platform/backoff.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BoundedRow, type RowLimits } from "./bounded_row.ts";
import type { NatsMessages, OutgoingMessage } from "./messages.ts";
import type { HubEvent, SourceContext } from "../source.ts";
import { Sleeper } from "../sleeper.ts";

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

/** Milliseconds between two tries to have the hub's events. */
const PAUSES = { shortest: 50, longest: 2_000 };

/**
 * Keeps messages until they are taken, between two runs too: the oldest make room for new ones. It
 * never stops reading, for what waits in the hub costs the hub, and what is lost there is not counted.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #row: BoundedRow<OutgoingMessage>;
  readonly #lost = new Map<Loss, number>();
  readonly #sleeper = new Sleeper(SYSTEM_CLOCKS);
  /** Ends the gathering that goes on. */
  #signal: AbortSignal | undefined;
  #gathering: Promise<void> = Promise.resolve();
  /** Whether a run takes from it. */
  #isOpen = false;
  #isAway = true;
  /** Dropped since the server was lost. */
  #dropped = 0;
  #gaps = 0;
  /** Is called when there is something to take. */
  onArrival: () => void = () => {};
  /** Is called when the hub gives nothing, with why. */
  onFailure: (error: unknown) => void = () => {};

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
    if (isAway || this.#dropped === 0) return;
    this.#options.context.log(
      "back",
      `${this.#dropped} events were dropped while the server was away`,
    );
    this.#dropped = 0;
  }

  /**
   * Takes the hub's events from now on, until the signal fires: through as many runs as there are until
   * then, and the pauses between them.
   */
  open(signal: AbortSignal): void {
    this.#isOpen = true;
    if (signal === this.#signal) return;
    this.#signal = signal;
    this.#gathering = this.#gather(signal);
  }

  /** Resolves when the signal has fired and nothing more comes. */
  gathered(): Promise<void> {
    return this.#gathering;
  }

  /** Nothing more is taken by this run. What waits does so for the next one, if there is to be one. */
  rest(): void {
    this.isAway = true;
    this.onArrival = () => {};
    this.onFailure = () => {};
    this.#isOpen = false;
    if (this.#signal?.aborted) this.#leave();
  }

  /** Takes the first ones. */
  take(most: RowLimits): OutgoingMessage[] {
    return this.#row.take(most);
  }

  /** Puts those back at the front that were taken and did not get through. */
  giveBack(messages: readonly OutgoingMessage[]): void {
    this.#row.giveBack(messages, ({ bytes }) => bytes);
  }

  /** Counts events that do not go out, and says why. */
  lose(loss: Loss, count: number, why: string): void {
    const sum = (this.#lost.get(loss) ?? 0) + count;
    this.#lost.set(loss, sum);
    const events = count === 1 ? "an event" : `${count} events`;
    const may = loss === "unsure" ? "may not have gone out" : "did not go out";
    this.#options.context.log(loss, `${events} ${may}: ${why} (${sum} so far)`);
  }

  /** Never rejects: whatever the hub has against it, it is asked again. */
  async #gather(signal: AbortSignal): Promise<void> {
    const { context, types } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      let hasCome = false;
      try {
        for await (const event of context.consume(types, signal)) {
          hasCome = true;
          this.#add(event);
        }
        break;
      } catch (error) {
        if (signal.aborted) break;
        this.#miss(error);
        // Each moment costs events where it was just cut off.
        if (hasCome) attempt = 0;
        else {
          this.onFailure(error);
          await this.#sleeper.sleep(backoff(attempt, PAUSES, Math.random()), signal);
        }
      }
    }
    if (signal.aborted && !this.#isOpen) this.#leave();
  }

  #add(event: HubEvent): void {
    if (event.lost > 0) {
      this.lose("missed", event.lost, "the hub dropped what it could not pass on in time");
    }
    const message = this.#options.messages.outgoing(event);
    if (!message) return;
    if ("fault" in message) return this.lose("refused", 1, message.fault);
    const dropped = this.#row.push(message, message.bytes);
    if (dropped > 0) this.#drop(dropped);
    this.onArrival();
  }

  #drop(count: number): void {
    if (this.#isAway) this.#dropped += count;
    const why = this.#isAway ? "the server was away for too long" : "the server was too slow";
    this.lose("dropped", count, why);
  }

  /** What the hub still had for it is gone, and so is all until it takes it again. */
  #miss(error: unknown): void {
    const text = `events may not have gone out, nobody knows how many: ${systemReason(error)}`;
    this.#options.context.log("gap", `${text} (${++this.#gaps} times so far)`);
  }

  /** What still waits will never go out. */
  #leave(): void {
    const { length } = this.#row.take({ count: Infinity, bytes: Infinity });
    if (length > 0) this.lose("left", length, "the source was stopped before");
  }
}
