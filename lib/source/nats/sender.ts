/**
 * Sending with core NATS: a server passes on what it gets to those who are there.
 *
 * @module
 */

import { orAborted } from "../../platform/aborted.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { Bell } from "./bell.ts";
import type { NatsLink } from "./connection.ts";
import type { Outbox } from "./outbox.ts";

/** Passes on what waits in an outbox. */
export interface Sender {
  /**
   * Sends until it is told to finish and nothing waits any more, or the signal fires.
   *
   * @throws {BusError} `failed`: it cannot go on
   */
  run(signal: AbortSignal): Promise<void>;
  /** There is something in the outbox. */
  wake(): void;
  /** Nothing more comes. */
  finish(): void;
}

/** What is sent before the server is asked whether it has all of it. */
const TOGETHER = { count: 500, bytes: 256 * 1024 };

/** Sends each message once. */
export class CoreSender implements Sender {
  readonly #bell = new Bell();
  #isFinishing = false;

  constructor(private readonly link: NatsLink, private readonly outbox: Outbox) {}

  wake(): void {
    this.#bell.ring();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await orAborted(this.link.up, signal);
      if (signal.aborted) return;
      if (this.outbox.length > 0) await this.#send(signal);
      else if (this.#isFinishing) return;
      else await orAborted(this.#bell.heard(), signal);
    }
  }

  async #send(signal: AbortSignal): Promise<void> {
    const { client } = this.link;
    let sent = 0;
    for (const { subject, payload, headers } of this.outbox.take(TOGETHER)) {
      try {
        client.publish(subject, payload, { headers });
        sent++;
      } catch (error) {
        this.outbox.lose("refused", 1, systemReason(error));
      }
    }
    let hasArrived = false;
    // Fails when the connection is lost, and with it what the client still had.
    const flushed = client.flush().then(() => void (hasArrived = true), () => {});
    await orAborted(flushed, signal);
    if (!hasArrived && sent > 0) {
      this.outbox.lose("unsure", sent, "the connection was lost just then");
    }
  }
}
