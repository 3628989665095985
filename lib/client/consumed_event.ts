/**
 * An event as a consumer gets it.
 *
 * @module
 */

import type { EventFrame } from "../protocol/event_frame.ts";
import type { JsonText } from "../protocol/messages.ts";

/** An event as a consumer gets it. */
export class ConsumedEvent {
  readonly #frame: EventFrame;
  #payload: { value: unknown } | undefined;

  /**
   * For {@linkcode Consumer}, which makes them.
   *
   * @param frame the event as it came
   * @param lost how many events were dropped right before this one: by the hub, because this consumer
   * did not keep up, or here while it set its key up
   */
  constructor(frame: EventFrame, readonly lost: number) {
    this.#frame = frame;
  }

  /** The event's type. */
  get type(): string {
    return this.#frame.event_type;
  }

  /** The id that its publisher gave it. */
  get id(): string | undefined {
    return this.#frame.event_id;
  }

  /** When it happened, as its publisher says: unix time in milliseconds, as a string. */
  get time(): string | undefined {
    return this.#frame.source_time;
  }

  /** Its number among those for this consumer, from 1; 0 where the hub gives none. */
  get seq(): number {
    return this.#frame.seq ?? 0;
  }

  /** The payload, parsed when first asked for. What JavaScript cannot hold, as big numbers, is rounded. */
  get payload(): unknown {
    this.#payload ??= { value: JSON.parse(this.payloadText) };
    return this.#payload.value;
  }

  /** The payload's JSON text as its publisher sent it. */
  get payloadText(): JsonText {
    return this.#frame.payload;
  }

  /** The whole frame as the hub sent it, without its line end. */
  get text(): string {
    return this.#frame.text;
  }
}
