/**
 * One run of a bridge to NATS.
 *
 * @module
 */

import { orAborted } from "../../platform/aborted.ts";
import { backoff, type PauseRange } from "../../platform/backoff.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { within } from "../../platform/within.ts";
import { Bell } from "./bell.ts";
import type { RowLimits } from "./bounded_row.ts";
import { AckedSender } from "./acked_sender.ts";
import { type NatsConnectionSettings, NatsLink, type NatsLinkOptions } from "./connection.ts";
import { DurableInbound } from "./durable.ts";
import { type Arrival, CoreInbound, type Inbound } from "./inbound.ts";
import { type JetStreamSettings, NatsStream } from "./jetstream.ts";
import type { NatsMessages } from "./messages.ts";
import type { Outbox } from "./outbox.ts";
import { CoreSender, type Sender } from "./sender.ts";
import { Unreachable } from "./transport.ts";
import { Sleeper } from "../sleeper.ts";
import type { Change, Outcome, Run, SourceContext } from "../source.ts";

/** What a {@linkcode NatsRun} needs. */
export interface NatsRunOptions {
  readonly settings: NatsConnectionSettings;
  readonly context: SourceContext;
  /** What comes in. */
  readonly subjects: readonly string[];
  readonly jetstream: JetStreamSettings | undefined;
  /** The subjects that a stream would be made for. */
  readonly wanted: readonly string[];
  readonly messages: NatsMessages;
  /** What goes out, if anything does. */
  readonly outbox: Outbox | undefined;
  /** What of that which comes in may wait. */
  readonly limits: RowLimits;
  /** The pauses before it connects again. */
  readonly pauses: PauseRange;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds that the end has for what still waits. */
const DRAIN_MS = 1_000;

/** Changes that are kept until they can be told. */
const MOST_CHANGES = 16;

/** A connection, with what comes in and goes out through it. */
export class NatsRun {
  readonly #options: NatsRunOptions;
  readonly #bell = new Bell();
  readonly #sleeper = new Sleeper(SYSTEM_CLOCKS);
  /** Ends the sending of them. */
  readonly #left = new AbortController();
  readonly #changes: Change[] = [];
  readonly #stop = () => this.#bell.ring();
  #sending: Promise<void> | undefined;
  #link: NatsLink | undefined;
  #inbound: Inbound | undefined;
  #sender: Sender | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** The hub's events are taken from now on: those that come before the server is there wait for it. */
  constructor(options: NatsRunOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", this.#stop);
    const { outbox, signal } = options;
    if (!outbox) return;
    outbox.onFailure = (error) => this.#fail(error);
    outbox.open(signal);
  }

  /** All of it, until the signal fires. */
  async *news(): Run {
    const { signal } = this.#options;
    yield* this.#connect();
    const link = this.#link;
    if (!link) return;
    await this.#open(link);
    while (!signal.aborted) {
      if (this.#failure) throw this.#failure.error;
      const change = this.#changes.shift();
      if (change) {
        yield change;
        continue;
      }
      const arrivals = this.#inbound?.take() ?? [];
      if (arrivals.length === 0) {
        await this.#bell.heard();
        continue;
      }
      const outcomes = yield { findings: arrivals.map(({ finding }) => finding) };
      if (outcomes) this.#settle(arrivals, outcomes);
    }
  }

  /** Sends what can still be sent, and lets go of all. */
  async end(): Promise<void> {
    const { signal, outbox } = this.#options;
    signal.removeEventListener("abort", this.#stop);
    if (signal.aborted) await outbox?.gathered();
    this.#sender?.finish();
    if (this.#sending && signal.aborted && this.#link?.isUp && !this.#failure) {
      await within(SYSTEM_CLOCKS, DRAIN_MS, this.#sending);
    }
    this.#left.abort();
    await this.#sending;
    await this.#inbound?.close();
    await this.#link?.close();
    outbox?.rest();
  }

  /** Connects, however long that takes: a server that is away is not a failure. */
  async *#connect(): AsyncGenerator<Change, void, readonly Outcome[] | undefined> {
    const { settings, context, pauses, signal } = this.#options;
    const onChange = (change: Change) => this.#tell(change);
    const options = { settings, context, pauses, onChange, onRefusal: this.#refused(), signal };
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (this.#failure) throw this.#failure.error;
      if (attempt > 0) yield { state: "reconnecting" };
      try {
        this.#link = await NatsLink.open(options);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Unreachable)) throw error;
        yield { state: "disconnected", detail: error.message };
      }
      await this.#sleeper.sleep(backoff(attempt, pauses, Math.random()), signal);
    }
  }

  /** With JetStream each message has an answer of its own. */
  #refused(): NatsLinkOptions["onRefusal"] {
    const { outbox, jetstream } = this.#options;
    if (!outbox || jetstream) return undefined;
    return (reason) => outbox.lose("refused", 1, reason);
  }

  async #open(link: NatsLink): Promise<void> {
    const { jetstream, wanted, outbox, signal } = this.#options;
    link.ended.then((error) => this.#fail(error));
    const found = jetstream && NatsStream.find(link, jetstream, wanted);
    const stream = found && await orAborted(found, signal);
    if (signal.aborted) return;
    this.#inbound = await this.#openInbound(link, stream);
    if (outbox && !signal.aborted) {
      this.#sender = stream ? new AckedSender(link, outbox, stream) : new CoreSender(link, outbox);
      outbox.onArrival = () => this.#sender?.wake();
      outbox.isAway = !link.isUp;
      this.#sending = this.#sender.run(this.#left.signal).catch((error) => this.#fail(error));
    }
    // So that what is sent from now on comes; if it is lost meanwhile that is told anyhow.
    await orAborted(link.client.flush().catch(() => {}), signal);
    if (link.isUp) this.#changes.unshift({ state: "connected", detail: link.server });
  }

  async #openInbound(link: NatsLink, stream: NatsStream | undefined): Promise<Inbound | undefined> {
    const { subjects, messages, context, limits, signal } = this.#options;
    if (subjects.length === 0) return undefined;
    const options = {
      subjects,
      messages,
      context,
      onArrival: () => this.#bell.ring(),
      onFailure: (error: unknown) => this.#fail(error),
    };
    if (!stream) return new CoreInbound(link.client, limits, options);
    const consumer = await orAborted(stream.consumer(subjects), signal);
    return consumer && new DurableInbound(link, stream, options, consumer);
  }

  #settle(arrivals: readonly Arrival[], outcomes: readonly Outcome[]): void {
    for (const [at, { finding, settle }] of arrivals.entries()) {
      const outcome = outcomes[at];
      // What is not acknowledged comes again.
      if (outcome === "unjudged") continue;
      const isInHub = outcome === "routed" || outcome === "duplicate";
      if (!isInHub) this.#options.messages.forget(finding);
      settle();
    }
  }

  #tell(change: Change): void {
    const { outbox } = this.#options;
    if (outbox) outbox.isAway = change.state !== "connected";
    this.#changes.push(change);
    if (this.#changes.length > MOST_CHANGES) this.#changes.shift();
    this.#bell.ring();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#sleeper.wake();
    this.#bell.ring();
  }
}
