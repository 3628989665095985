/**
 * An event that passes on as it came.
 *
 * @module
 */

import { isName } from "./fields.ts";
import { CLOSE_OBJECT, endOfValue, Members, OPEN_OBJECT, skipBlanks } from "./json_grammar.ts";
import { MAX_DEPTH } from "./limits.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The shortest name with an escape: six characters for one, and two more. */
const SHORTEST_ESCAPED = "\\u0073eq".length;

/** Bytes of a head that is kept: those of a type of some length, and a little more. */
const MAX_HEAD = 256;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const TYPE = encoder.encode("type");
const EVENT_TYPE = encoder.encode("event_type");
const EVENT_ID = encoder.encode("event_id");
const SOURCE_TIME = encoder.encode("source_time");
const SEQ = encoder.encode("seq");
const PAYLOAD = encoder.encode("payload");

/** The value of a frame's type, with its quotes. */
const EVENT = encoder.encode('"event"');

/**
 * Reads the plainest of lines, which are nearly all: an event without a `seq` of its own, whose names
 * and own fields have no escapes. It finds what a hub needs and builds nothing.
 *
 * Each line that it accepts, `decode()` takes for the same event. Of the others it says nothing: most
 * are events too. One instance reads one line after the other, and what it found holds until the next.
 */
export class EventLine {
  eventType = "";
  eventId: string | undefined;
  /** The frame from its brace to its last member's end: where it stands in the bytes. */
  bodyStart = 0;
  bodyEnd = 0;

  #bytes: Uint8Array = EVENT;
  readonly #members = new Members();
  // Where the values of the members stand; an end of 0 where there are none.
  #typeStart = 0;
  #typeEnd = 0;
  #eventTypeStart = 0;
  #eventTypeEnd = 0;
  #idStart = 0;
  #idEnd = 0;
  #timeStart = 0;
  #payloadEnd = 0;
  /**
   * How the line read last begins, up to its payload, where that is all that tells it from its like:
   * mostly the next one begins so too.
   */
  readonly #head = new Uint8Array(MAX_HEAD);
  #headLength = 0;
  /** The event type read last, in bytes: mostly it is the next one's too. */
  #lastType: Uint8Array = encoder.encode("");

  /**
   * Reads the line that stands there. Whether it is one of these.
   *
   * @param bytes UTF-8, with the end of a line behind the end
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.bodyStart = skipBlanks(bytes, start, end);
    return this.#readBehindHead(bytes, end) || this.#readMembers(bytes, end);
  }

  /** Whether it begins as the last one does, and has nothing but a payload behind that. */
  #readBehindHead(bytes: Uint8Array, end: number): boolean {
    const length = this.#headLength;
    if (length === 0) return false;
    const payload = this.bodyStart + length;
    if (payload >= end || !standsAt(bytes, this.bodyStart, this.#head, length)) return false;
    const payloadEnd = endOfValue(bytes, payload, end, MAX_DEPTH - 1);
    if (payloadEnd < 0) return false;
    const brace = skipBlanks(bytes, payloadEnd, end);
    if (bytes[brace] !== CLOSE_OBJECT || skipBlanks(bytes, brace + 1, end) !== end) return false;
    this.bodyEnd = payloadEnd;
    return true;
  }

  #readMembers(bytes: Uint8Array, end: number): boolean {
    this.#bytes = bytes;
    this.#headLength = 0;
    this.#typeEnd =
      this.#eventTypeEnd =
      this.#idEnd =
      this.#timeStart =
      this.#payloadEnd =
        0;
    if (bytes[this.bodyStart] !== OPEN_OBJECT) return false;
    const members = this.#members;
    members.begin(bytes, this.bodyStart, end, MAX_DEPTH);
    while (members.next()) {
      if (!this.#note(members)) return false;
      this.bodyEnd = members.valueEnd;
    }
    if (members.end < 0 || skipBlanks(bytes, members.end, end) !== end) return false;
    if (this.#eventTypeEnd === 0 || this.#payloadEnd === 0) return false;
    if (!this.#isEvent() || !this.#readType() || !this.#readId()) return false;
    // An optional text is a text, or else it is looked at more closely.
    if (this.#timeStart > 0 && bytes[this.#timeStart] !== QUOTE) return false;
    if (this.#payloadEnd === this.bodyEnd) this.#keepHead(members.valueStart);
    return true;
  }

  /** An id is another one each time, so a head with one would be kept for nothing. */
  #keepHead(payload: number): void {
    const length = payload - this.bodyStart;
    if (this.eventId !== undefined || length > MAX_HEAD) return;
    this.#head.set(this.#bytes.subarray(this.bodyStart, payload));
    this.#headLength = length;
  }

  /** Where a name stands twice the last one counts. False where the line is none of the plainest. */
  #note({ nameStart, nameEnd, valueStart, valueEnd }: Members): boolean {
    const bytes = this.#bytes;
    switch (nameEnd - nameStart) {
      case SEQ.length:
        return !standsAt(bytes, nameStart, SEQ);
      case TYPE.length:
        if (standsAt(bytes, nameStart, TYPE)) {
          this.#typeStart = valueStart;
          this.#typeEnd = valueEnd;
        }
        return true;
      case PAYLOAD.length:
        if (standsAt(bytes, nameStart, PAYLOAD)) this.#payloadEnd = valueEnd;
        return true;
      case EVENT_ID.length:
        if (!standsAt(bytes, nameStart, EVENT_ID)) break;
        this.#idStart = valueStart;
        this.#idEnd = valueEnd;
        return true;
      case EVENT_TYPE.length:
        if (!standsAt(bytes, nameStart, EVENT_TYPE)) break;
        this.#eventTypeStart = valueStart;
        this.#eventTypeEnd = valueEnd;
        return true;
      case SOURCE_TIME.length:
        if (!standsAt(bytes, nameStart, SOURCE_TIME)) break;
        this.#timeStart = valueStart;
        return true;
    }
    // It may be one of these names, in escapes.
    return nameEnd - nameStart < SHORTEST_ESCAPED || !hasEscape(bytes, nameStart, nameEnd);
  }

  #isEvent(): boolean {
    return this.#typeEnd - this.#typeStart === EVENT.length &&
      standsAt(this.#bytes, this.#typeStart, EVENT);
  }

  #readType(): boolean {
    const [bytes, start, end] = [this.#bytes, this.#eventTypeStart, this.#eventTypeEnd];
    const last = this.#lastType;
    if (end - start === last.length && standsAt(bytes, start, last)) return true;
    const type = plainName(bytes, start, end);
    if (type === undefined) return false;
    this.eventType = type;
    this.#lastType = bytes.slice(start, end);
    return true;
  }

  #readId(): boolean {
    this.eventId = undefined;
    if (this.#idEnd === 0) return true;
    this.eventId = plainName(this.#bytes, this.#idStart, this.#idEnd);
    return this.eventId !== undefined;
  }
}

function standsAt(
  bytes: Uint8Array,
  at: number,
  what: Uint8Array,
  length = what.length,
): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
}

/** The name that stands there; nothing where it has an escape, or is none. */
function plainName(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (bytes[start] !== QUOTE || hasEscape(bytes, start, end)) return undefined;
  const name = decoder.decode(bytes.subarray(start + 1, end - 1));
  return isName(name) ? name : undefined;
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}
