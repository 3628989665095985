/**
 * A connection that has not said yet what it is.
 *
 * @module
 */

import { decode, type Decoded } from "../protocol/codec.ts";
import { BadFrameError, BusError, FrameTooLargeError } from "../protocol/errors.ts";
import type { Frame } from "../protocol/framing.ts";
import { rejection } from "../protocol/messages.ts";
import { Asking } from "./asking.ts";
import { Consuming } from "./consuming.ts";
import { MAX_EVENT_TYPES } from "./limits.ts";
import { Publishing } from "./publishing.ts";
import type { Role } from "./role.ts";
import { FULL, type Session } from "./session.ts";

/** Waits for the first frame, whose type alone decides what the connection is. */
export class Newcomer implements Role {
  /** It may be about to become a consumer: its first frame decides, soon. */
  readonly keepsHub = true;
  readonly keptBytes = 0;
  /** @param isSurplus whether it came over the limit of connections: only questions are answered */
  constructor(private readonly session: Session, private readonly isSurplus: boolean) {}

  take(frame: Frame): Promise<void> | void {
    this.session.firstFrameCame();
    if (frame instanceof FrameTooLargeError) return this.#refuse(frame);
    const message = typeof frame === "string" ? decode(frame) : frame;
    switch (message instanceof BadFrameError ? message.frameType : message.type) {
      case "hello":
        return this.#greet(message);
      case "event":
      case "flush":
      case "bye": {
        if (this.isSurplus) return this.session.refuse("limit", FULL);
        const publishing = new Publishing(this.session);
        this.session.become(publishing);
        return publishing.takeDecoded(message);
      }
      case "status_query":
      case "shutdown":
      case "reload": {
        const asking = new Asking(this.session);
        this.session.become(asking);
        return asking.answer(message);
      }
      default:
        return this.#refuse(message);
    }
  }

  end(): void {
    this.session.finish();
  }

  stop(): void {
    this.session.refuse("stopped", "the hub stops");
  }

  stalled(): void {}

  overLimit(): void {
    this.session.refuse("limit", "the hub's memory is used up");
  }

  unheard(): void {}

  #greet(message: Decoded): void {
    if (this.isSurplus) return this.#reject("limit", FULL);
    if (message instanceof BadFrameError) return this.#reject("bad_hello", message.message);
    if (message.type !== "hello") return;
    const { length } = message.event_types;
    if (length > MAX_EVENT_TYPES) {
      return this.#reject("limit", `${length} event types; a hub takes ${MAX_EVENT_TYPES}`);
    }
    const consuming = new Consuming(this.session, message);
    this.session.become(consuming);
    // Its ack may have been what filled the memory, and so have cost this very connection.
    if (!this.session.isOpen) consuming.end();
  }

  #reject(code: "bad_hello" | "limit", reason: string): void {
    this.session.host.log.limited(code, `hello rejected: ${reason}`);
    this.session.writer.say(rejection(code, reason));
    this.session.finish();
  }

  #refuse(message: Decoded | FrameTooLargeError): void {
    if (this.isSurplus) return this.session.refuse("limit", FULL);
    const wrong = message instanceof BusError
      ? message
      : new BadFrameError(`a connection does not begin with ${message.type}`);
    const text = `frame 1: ${wrong.message}`;
    this.session.host.log.limited("first frame", `connection refused: ${text}`);
    this.session.refuse(wrong.code, text);
  }
}
