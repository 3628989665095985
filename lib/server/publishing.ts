/**
 * A connection that publishes.
 *
 * @module
 */

import { Arrival } from "../hub/event_memory.ts";
import type { Publication, PublishOutcome } from "../hub/hub.ts";
import { decode, type Decoded } from "../protocol/codec.ts";
import { BadFrameError, FrameTooLargeError } from "../protocol/errors.ts";
import type { EventFrame } from "../protocol/event_frame.ts";
import { EventLine } from "../protocol/event_line.ts";
import type { Frame } from "../protocol/framing.ts";
import { MAX_EVENT_FRAME_BYTES } from "../protocol/limits.ts";
import type { Lines } from "../protocol/lines.ts";
import { flushAck } from "../protocol/messages.ts";
import type { Role } from "./role.ts";
import { route } from "./routing.ts";
import type { Session } from "./session.ts";

/** Bytes that end a frame whose body has no closing brace: the brace and the line end. */
const END_BYTES = 2;

const encoder = new TextEncoder();

/** Reads the lines of all publishers, one at a time. */
const event = new EventLine();

/**
 * Routes events in the order they come. While one matches a consumer that is behind and keeps up, it
 * and all after it wait, and nothing more is read.
 */
export class Publishing implements Role {
  readonly keepsHub = true;
  readonly keptBytes = 0;
  /** Lines so far that were not empty; a refused one is named by it. */
  #number = 0;
  /** The bytes of which the last line was one. */
  #arrival = new Arrival(new Uint8Array(0));
  // Since the last flush.
  #events = 0;
  #matched = 0;
  #duplicates = 0;

  constructor(private readonly session: Session) {}

  takeLine(lines: Lines): Promise<void> | void {
    const { bytes, start, end, fault } = lines;
    if (fault) return this.takeDecoded(fault);
    if (!event.read(bytes, start, end)) return this.take(lines.text);
    this.#number++;
    const { bodyStart, bodyEnd } = event;
    if (bodyEnd - bodyStart + END_BYTES > MAX_EVENT_FRAME_BYTES) {
      return this.#refuse(new FrameTooLargeError(MAX_EVENT_FRAME_BYTES));
    }
    const { eventType: event_type, eventId: event_id } = event;
    if (this.#arrival.bytes !== bytes) this.#arrival = new Arrival(bytes);
    const arrival = this.#arrival;
    const publication = { event_type, body: bytes, arrival, start: bodyStart, end: bodyEnd };
    return this.#take(event_id === undefined ? publication : { ...publication, event_id });
  }

  take(frame: Frame): Promise<void> | void {
    return this.takeDecoded(typeof frame === "string" ? decode(frame) : frame);
  }

  /** Deals with a frame that is decoded already. */
  takeDecoded(message: Decoded | FrameTooLargeError): Promise<void> | void {
    this.#number++;
    if (message instanceof BadFrameError || message instanceof FrameTooLargeError) {
      return this.#refuse(message);
    }
    switch (message.type) {
      case "event":
        return this.#takeEvent(message);
      case "flush":
        return this.#answer(message.id);
      case "bye":
        return this.session.finish();
      default:
        return this.#refuse(new BadFrameError(`a publisher sends no ${message.type}`));
    }
  }

  end(): void {
    this.session.finish();
  }

  stop(): void {
    this.session.refuse("stopped", "the hub stops");
  }

  stalled(): void {
    this.session.host.log.limited("deaf publisher", "a publisher that reads no answers was closed");
  }

  overLimit(): void {
    this.session.host.countRefused();
    this.session.refuse("limit", `frame ${this.#number + 1}: the hub's memory is used up`);
  }

  unheard(): void {}

  #takeEvent({ event_type, event_id, body }: EventFrame): Promise<void> | void {
    const encoded = encoder.encode(body);
    if (encoded.length + END_BYTES > MAX_EVENT_FRAME_BYTES) {
      return this.#refuse(new FrameTooLargeError(MAX_EVENT_FRAME_BYTES));
    }
    return this.#take({
      event_type,
      body: encoded,
      isGiven: true,
      ...(event_id === undefined ? {} : { event_id }),
    });
  }

  #take(publication: Publication): Promise<void> | void {
    const outcome = route(this.session.host, publication);
    if (outcome instanceof Promise) return outcome.then((outcome) => this.#count(outcome));
    this.#count(outcome);
  }

  #count(outcome: PublishOutcome): void {
    if (outcome === "duplicate") this.#duplicates++;
    else this.#events++;
    if (outcome === "routed") this.#matched++;
  }

  #answer(id: number): void {
    const counts = {
      events: this.#events,
      matched: this.#matched,
      duplicates: this.#duplicates,
    };
    this.#events = this.#matched = this.#duplicates = 0;
    this.session.writer.say(flushAck({ id, ...counts }));
  }

  #refuse({ code, message }: BadFrameError | FrameTooLargeError): void {
    const text = `frame ${this.#number}: ${message}`;
    this.session.host.countRefused();
    this.session.host.log.limited("refused", `publisher refused: ${text}`);
    this.session.refuse(code, text);
  }
}
