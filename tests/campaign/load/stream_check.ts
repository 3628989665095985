/**
 * The check of what one consumer gets.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { NumberedEvents } from "./numbered_event.ts";
import { microseconds } from "./orders.ts";

const LINE_FEED = 0x0a;
const COLON = 0x3a;
const CLOSING_BRACE = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;

/** Where the first letter of the type stands in a frame, and what it is in an event's. */
const KIND_AT = '{"type":"'.length;
const EVENT = '{"type":"ev';

/** Of so many events one tells how long it was under way. */
const SAMPLE = 8;

/** How a check is made. */
export interface StreamCheckOptions {
  /** Where all events are of one kind: each number must be the event's `seq`, each length the same. */
  readonly events?: NumberedEvents;
  /** How many there were before the first that this consumer gets. */
  readonly before?: number;
  /** Whether all bytes are summed up in a hash. */
  readonly hashes: boolean;
}

/**
 * Takes a consumer's frames from the first event on: counts events, sums up the gaps between their
 * `seq`, and notes the first thing that is wrong.
 */
export class StreamCheck {
  /** Events that came. */
  count = 0;
  /** The `seq` of the last one. */
  last = 0;
  /** Events that are missing before it. */
  missing = 0;
  /** The first thing that was wrong. */
  wrong: string | undefined;
  /** Frames that were no events. */
  readonly others: string[] = [];
  /** Milliseconds that sampled events were under way; to be emptied by who has seen them. */
  readonly delays: number[] = [];
  readonly #events: NumberedEvents | undefined;
  readonly #before: number;
  readonly #hash: ReturnType<typeof createHash> | undefined;

  constructor({ events, before = 0, hashes }: StreamCheckOptions) {
    this.#events = events;
    this.#before = before;
    if (hashes) this.#hash = createHash("sha1");
  }

  /** Of all bytes so far. */
  get hash(): string {
    return this.#hash?.copy().digest("hex") ?? "";
  }

  /** Takes whole frames; returns how many bytes of the last one are not whole yet. */
  take(bytes: Uint8Array): number {
    const now = microseconds();
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end === -1) break;
      if (startsAsEvent(bytes, start)) this.#takeEvent(bytes, start, end, now);
      else this.others.push(new TextDecoder().decode(bytes.subarray(start, end)));
      start = end + 1;
    }
    this.#hash?.update(bytes.subarray(0, start));
    return bytes.length - start;
  }

  #takeEvent(bytes: Uint8Array, start: number, end: number, now: number): void {
    let at = end - 2;
    let seq = 0;
    for (let power = 1;; power *= 10, at--) {
      const byte = bytes[at] ?? 0;
      if (byte < ZERO || byte > NINE) break;
      seq += (byte - ZERO) * power;
    }
    this.count++;
    if (bytes[end - 1] !== CLOSING_BRACE || bytes[at] !== COLON || seq <= this.last) {
      const text = new TextDecoder().decode(bytes.subarray(Math.max(start, end - 40), end));
      this.wrong ??= `after seq ${this.last} came …${text}`;
      return;
    }
    this.missing += seq - this.last - 1;
    this.last = seq;
    if (this.#events) this.#compare(this.#events, bytes, start, at, now);
  }

  /** @param colon where the one before the digits of the `seq` stands */
  #compare(
    events: NumberedEvents,
    bytes: Uint8Array,
    start: number,
    colon: number,
    now: number,
  ): void {
    const number = events.number(bytes, start) - this.#before;
    if (number !== this.last) this.wrong ??= `seq ${this.last} is event ${number}`;
    const length = colon - start - ',"seq"'.length;
    if (length !== events.bodyLength) this.wrong ??= `event ${number} has ${length} bytes`;
    if (number % SAMPLE === 0) this.delays.push((now - events.time(bytes, start)) / 1000);
  }
}

function startsAsEvent(bytes: Uint8Array, start: number): boolean {
  return bytes[start + KIND_AT] === EVENT.charCodeAt(KIND_AT) &&
    bytes[start + KIND_AT + 1] === EVENT.charCodeAt(KIND_AT + 1);
}
