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
        writer.say(reloadAck(false, "this hub has no catalogue"));
        return this.session.finish();
      case "shutdown":
        // Its answer is the close at the end of all, whether it sends on or not.
        return host.shutdown(this.session);
    }
  }

  end(): void {
    this.session.finish();
  }

  stop(): void {}

  stalled(): void {}

  overLimit(): void {}

  unheard(): void {}
}
