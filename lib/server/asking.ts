/**
 * A connection that asks the hub something.
 *
 * @module
 */

import type { Decoded } from "../protocol/codec.ts";
import { reloadAck } from "../protocol/messages.ts";
import type { Role } from "./role.ts";
import type { Session } from "./session.ts";

/** Answers one question and closes. */
export class Asking implements Role {
  readonly keepsHub = false;
  readonly keptBytes = 0;
  constructor(private readonly session: Session) {}

  /** What follows the question is not looked at. */
  take(): void {}

  /** Answers the question. */
  answer(question: Decoded): Promise<void> | void {
    const { host, writer } = this.session;
    if (!("type" in question)) return;
    switch (question.type) {
      case "status_query":
        writer.say(host.status());
        return this.session.finish();
      case "reload":
        return this.#reload();
      case "shutdown":
        // Its answer is the close at the end of all, whether it sends on or not.
        return host.shutdown(this.session);
    }
  }

  async #reload(): Promise<void> {
    const refusal = await this.session.host.reload();
    this.session.writer.say(reloadAck(refusal === undefined, refusal));
    this.session.finish();
  }

  end(): void {
    this.session.finish();
  }

  stop(): void {}

  stalled(): void {}

  overLimit(): void {}

  unheard(): void {}
}
