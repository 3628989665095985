/**
 * An event as it stands in its frame.
 *
 * @module
 */

import type { Event, JsonText } from "./messages.ts";

/** Offsets of a member's value, in UTF-16 code units of the frame's text. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A decoded event that still has its text. What a hub does not need to know stays unread: the
 * payload and every field but the few below pass on as they came.
 */
export class EventFrame implements Event {
  readonly type = "event";
  declare readonly event_id?: string;
  declare readonly source_time?: string;
  declare readonly seq?: number;
  readonly #text: string;
  readonly #payload: Span;

  /**
   * @param body the frame's text from its opening brace to the end of its last member, with every
   * `seq` taken out and without the closing brace: a hub ends it with its own `seq`
   * @param text the frame's text as it came
   * @param payload where the payload stands in that text
   */
  constructor(
    readonly body: string,
    text: string,
    payload: Span,
    readonly event_type: string,
    known: { event_id?: string; source_time?: string; seq?: number },
  ) {
    this.#text = text;
    this.#payload = payload;
    if (known.event_id !== undefined) this.event_id = known.event_id;
    if (known.source_time !== undefined) this.source_time = known.source_time;
    if (known.seq !== undefined) this.seq = known.seq;
  }

  /** The payload's JSON text, as it came. */
  get payload(): JsonText {
    return this.#text.slice(this.#payload.start, this.#payload.end);
  }

  /** The whole frame as it came, without its line end. */
  get text(): string {
    return this.#text;
  }
}
