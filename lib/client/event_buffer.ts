/**
 * The events of a consumer that have come and are not taken.
 *
 * @module
 */

import type { EventFrame } from "../protocol/event_frame.ts";
import { ConsumedEvent } from "./consumed_event.ts";

/** How much may wait. */
export interface BufferLimits {
  readonly events: number;
  /** Of the events' text, a byte for each character. */
  readonly bytes: number;
}

/** What a channel of a hub holds by default. */
export const BUFFER_LIMITS: BufferLimits = { events: 1024, bytes: 8 * 1024 * 1024 };

interface Waiting {
  readonly frame: EventFrame;
  lost: number;
}

/** Holds events in their order. It has a bound only where its owner trims it. */
export class EventBuffer {
  readonly #limits: BufferLimits;
  /** What waits stands from `#next` on. */
  #waiting: Waiting[] = [];
  #next = 0;
  #bytes = 0;

  /** @param limits what {@linkcode trim} leaves */
  constructor(limits: BufferLimits = BUFFER_LIMITS) {
    this.#limits = limits;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#next === this.#waiting.length;
  }

  /**
   * Adds an event at the end.
   *
   * @param lost how many are missing right before it
   */
  push(frame: EventFrame, lost: number): void {
    this.#waiting.push({ frame, lost });
    this.#bytes += frame.text.length;
  }

  /** Takes the oldest event; nothing where none is there. */
  take(): ConsumedEvent | undefined {
    const oldest = this.#shift();
    return oldest && new ConsumedEvent(oldest.frame, oldest.lost);
  }

  /**
   * Drops the oldest events until what waits is within the limits, but never the newest. The event
   * that is then the oldest counts them as lost.
   */
  trim(): void {
    for (;;) {
      const count = this.#waiting.length - this.#next;
      const isWithin = count <= this.#limits.events && this.#bytes <= this.#limits.bytes;
      if (isWithin || count <= 1) return;
      const dropped = this.#shift();
      const oldest = this.#waiting[this.#next];
      if (dropped && oldest) oldest.lost += dropped.lost + 1;
    }
  }

  /** Throws away all that waits. */
  clear(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#bytes = 0;
  }

  #shift(): Waiting | undefined {
    const oldest = this.#waiting[this.#next];
    if (!oldest) return undefined;
    this.#next++;
    this.#bytes -= oldest.frame.text.length;
    if (this.isEmpty) {
      this.clear();
    } else if (this.#next > this.#waiting.length / 2) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    return oldest;
  }
}
