/**
 * Sending with JetStream: a message is done with when the server has said that it keeps it.
 *
 * @module
 */

import { JetStreamApiError, type JetStreamClient } from "@nats-io/jetstream";
import { InvalidArgumentError, PermissionViolationError } from "@nats-io/transport-node";
import { orAborted } from "../../platform/aborted.ts";
import { backoff } from "../../platform/backoff.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import { Bell } from "./bell.ts";
import type { NatsLink } from "./connection.ts";
import { explained, type NatsStream } from "./jetstream.ts";
import type { OutgoingMessage } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import type { Sender } from "./sender.ts";
import { Sleeper } from "../sleeper.ts";

/** What may be under way. */
const UNDER_WAY = { count: 500, bytes: 4 * 1024 * 1024 };

/** Milliseconds that the server has to say that it keeps a message. */
const ACK_MS = 10_000;

/** Milliseconds in which nothing at all may be kept, though the server is there. */
const PATIENCE_MS = 30_000;

/** Milliseconds between two tries. */
const PAUSES = { shortest: 50, longest: 2_000 };

/**
 * Sends each message until the server has said that it keeps it. Whatever went wrong, all that is not
 * known to be kept is sent again, in order, before anything new: by its id the server knows what it has.
 */
export class AckedSender implements Sender {
  readonly #bell = new Bell();
  readonly #sleeper = new Sleeper(SYSTEM_CLOCKS);
  readonly #client: JetStreamClient;
  /** In the order in which they were sent. */
  readonly #unacked = new Set<OutgoingMessage>();
  #bytes = 0;
  #isFinishing = false;
  /** Since when nothing was kept, though the server was there. */
  #stuckSince: number | undefined;

  constructor(
    private readonly link: NatsLink,
    private readonly outbox: Outbox,
    private readonly stream: NatsStream,
  ) {
    this.#client = stream.client;
  }

  wake(): void {
    this.#bell.ring();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const ring = () => this.#bell.ring();
    signal.addEventListener("abort", ring);
    try {
      for (let attempt = 0; !signal.aborted;) {
        // While it is away nothing can be kept.
        if (!this.link.isUp) this.#stuckSince = undefined;
        await orAborted(this.link.up, signal);
        if (signal.aborted) return;
        const { session } = this.link;
        if (session.aborted) continue;
        const round = new Round();
        const onLoss = () => this.#interrupt(round);
        session.addEventListener("abort", onLoss);
        await this.#send(round, signal);
        session.removeEventListener("abort", onLoss);
        if (!round.isOver) return;
        if (!this.link.isUp) continue;
        this.#checkPatience(round.error);
        attempt = round.acked > 0 ? 0 : attempt + 1;
        const pause = backoff(attempt, PAUSES, Math.random());
        await this.#sleeper.sleep(pause, AbortSignal.any([signal, session]));
      }
    } finally {
      signal.removeEventListener("abort", ring);
      this.outbox.giveBack([...this.#unacked]);
    }
  }

  /** Resolves when the round is over, or all is done. */
  async #send(round: Round, signal: AbortSignal): Promise<void> {
    for (const message of this.#unacked) this.#publish(message, round);
    while (!round.isOver && !signal.aborted) {
      // One by one each would be a write of its own.
      if (this.#unacked.size <= UNDER_WAY.count / 2) await this.#sendMore(round, signal);
      if (this.#isFinishing && this.#unacked.size === 0 && this.outbox.length === 0) return;
      await this.#bell.heard();
    }
  }

  async #sendMore(round: Round, signal: AbortSignal): Promise<void> {
    const count = UNDER_WAY.count - this.#unacked.size;
    const bytes = UNDER_WAY.bytes - this.#bytes;
    const messages = this.outbox.take({ count, bytes });
    if (!messages.every(({ subject }) => this.stream.keeps(subject))) {
      await this.#look(round, signal);
      if (round.isOver || signal.aborted) return this.outbox.giveBack(messages);
    }
    // Of these nobody answers, and there may be more behind them.
    if (messages.length > 0) this.#bell.ring();
    for (const message of messages) {
      if (!this.stream.keeps(message.subject)) {
        this.outbox.lose("refused", 1, "its subject is none of those that the stream keeps");
        continue;
      }
      this.#unacked.add(message);
      this.#bytes += message.bytes;
      this.#publish(message, round);
    }
  }

  /** Somebody may have extended the stream meanwhile. */
  async #look(round: Round, signal: AbortSignal): Promise<void> {
    const looked = this.stream.look().catch((error) => this.#interrupt(round, error));
    await orAborted(looked, signal);
  }

  #publish(message: OutgoingMessage, round: Round): void {
    const { subject, payload, headers } = message;
    this.#client.publish(subject, payload, { headers, timeout: ACK_MS }).then(
      () => {
        round.acked++;
        this.#stuckSince = undefined;
        this.#settle(message);
      },
      (error) => {
        if (!this.#unacked.has(message)) return;
        if (!isFinal(error)) return this.#interrupt(round, error);
        this.outbox.lose("refused", 1, systemReason(error));
        this.#stuckSince = undefined;
        this.#settle(message);
      },
    );
  }

  #settle(message: OutgoingMessage): void {
    if (this.#unacked.delete(message)) this.#bytes -= message.bytes;
    this.#bell.ring();
  }

  #interrupt(round: Round, error?: unknown): void {
    round.isOver = true;
    round.error ??= error;
    this.#bell.ring();
  }

  /** @throws {BusError} `failed`: it has kept nothing for too long */
  #checkPatience(error: unknown): void {
    const now = SYSTEM_CLOCKS.monotonic();
    this.#stuckSince ??= now;
    if (now - this.#stuckSince < PATIENCE_MS) return;
    const { message, hint } = explained(error);
    throw new BusError("failed", `nothing is kept any more: ${message}`, hint);
  }
}

/** What goes on until something goes wrong. */
class Round {
  isOver = false;
  error: unknown;
  acked = 0;
}

/** Whether a message would be refused again and again. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause ?? error : error;
  if (cause instanceof InvalidArgumentError || cause instanceof PermissionViolationError) {
    return true;
  }
  return cause instanceof JetStreamApiError && cause.status < 500;
}
