/**
 * Messages that come with core NATS.
 *
 * @module
 */

import { counted } from "../../platform/counted.ts";
import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import { BoundedRow, type RowLimits } from "./bounded_row.ts";
import type { NatsMessages } from "./messages.ts";
import { isMeant } from "./subjects.ts";
import type { Finding, SourceContext, WholeEvent } from "../source.ts";

/** What has come, and whom to tell when it is routed. */
export interface Arrival {
  readonly finding: Finding | WholeEvent;
  /** It is in the hub now, or never will be. */
  readonly settle: () => void;
}

/** Where messages come in. */
export interface Inbound {
  /** What has come since, some of it at least. */
  take(): readonly Arrival[];
  /** Ends it. */
  close(): Promise<void>;
}

/** What an {@linkcode Inbound} needs. */
export interface InboundOptions {
  /** What is to come; of several that mean the same message the first one gets it. */
  readonly subjects: readonly string[];
  readonly messages: NatsMessages;
  readonly context: Pick<SourceContext, "log">;
  /** Is called when something has come. */
  readonly onArrival: () => void;
  /** Is called when nothing more will come, with why. */
  readonly onFailure: (error: BusError) => void;
}

/** What is handed out together. */
const TOGETHER = { count: 256, bytes: 1024 * 1024 };

/** Bytes that a message takes beside what came over the wire. */
const MESSAGE_BYTES = 500;

/** Subscriptions of core NATS: what comes while there is no room pushes out the oldest. */
export class CoreInbound implements Inbound {
  readonly #options: InboundOptions;
  readonly #row: BoundedRow<Arrival>;
  readonly #subscriptions: Subscription[];
  #dropped = 0;
  #refused = 0;

  constructor(client: NatsConnection, limits: RowLimits, options: InboundOptions) {
    this.#options = options;
    this.#row = new BoundedRow(limits);
    this.#subscriptions = options.subjects.map((subject, at) =>
      client.subscribe(subject, {
        callback: (error, message) => {
          if (error) options.onFailure(refusedSubscription(subject, error));
          else if (this.#isFor(at, message.subject)) this.#take(message);
        },
      })
    );
  }

  take(): readonly Arrival[] {
    return this.#row.take(TOGETHER);
  }

  close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    // Nobody else has them: core NATS does not send again what was taken.
    const { length } = this.#row;
    if (length > 0) {
      this.#options.context.log("left", `left: ${counted(length, "message")} that waited`);
    }
    return Promise.resolve();
  }

  #isFor(at: number, subject: string): boolean {
    const { subjects } = this.#options;
    return subjects.findIndex((pattern) => isMeant(subject, pattern)) === at;
  }

  #take(message: Msg): void {
    const { messages, context, onArrival } = this.#options;
    const finding = messages.finding(message);
    if (!finding) return;
    if ("fault" in finding) {
      const text = `a message was left out, ${finding.fault} (${++this.#refused} so far)`;
      return context.log("message", text);
    }
    const bytes = MESSAGE_BYTES + message.subject.length + 2 * message.data.length;
    const dropped = this.#row.push({ finding, settle: () => {} }, bytes);
    if (dropped > 0) {
      this.#dropped += dropped;
      const text = `dropped ${counted(dropped, "message")}: the hub was too slow`;
      context.log("flood", `${text} (${this.#dropped} so far)`);
    }
    onArrival();
  }
}

function refusedSubscription(subject: string, error: Error): BusError {
  return new BusError("failed", `the server refuses ${subject}: ${systemReason(error)}`);
}
