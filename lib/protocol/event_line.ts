/**
 * An event that passes on as it came.
 *
 * @module
 */

import { isName } from "./fields.ts";
import { scanJson } from "./json.ts";
import { MAX_DEPTH } from "./limits.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** The shortest name with an escape: six characters for one, and two more. */
const SHORTEST_ESCAPED = "\\u0073eq".length;

const EVENT = '"event"';

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
  /** The frame from its brace to its last member's end: where it stands in the text. */
  bodyStart = 0;
  bodyEnd = 0;

  #text = "";
  #isPlain = true;
  // Where the values of the members stand; an end of 0 where there are none.
  #typeStart = 0;
  #typeEnd = 0;
  #eventTypeStart = 0;
  #eventTypeEnd = 0;
  #idStart = 0;
  #idEnd = 0;
  #timeStart = 0;
  #payloadEnd = 0;
  #lastEnd = 0;

  /** Reads the line that stands there. Whether it is one of these. */
  read(text: string, start: number, end: number): boolean {
    this.#text = text;
    this.#isPlain = true;
    this.#typeEnd =
      this.#eventTypeEnd =
      this.#idEnd =
      this.#timeStart =
      this.#payloadEnd =
        0;
    const fault = scanJson(text, MAX_DEPTH, this.#visit, start, end);
    if (fault || !this.#isPlain) return false;
    if (this.#eventTypeEnd === 0 || this.#payloadEnd === 0) return false;
    if (!this.#isEvent() || !this.#readType() || !this.#readId()) return false;
    // An optional text is a text, or else it is looked at more closely.
    if (this.#timeStart > 0 && text.charCodeAt(this.#timeStart) !== QUOTE) return false;
    this.bodyStart = start;
    while (text.charCodeAt(this.bodyStart) <= SPACE) this.bodyStart++;
    this.bodyEnd = this.#lastEnd;
    return true;
  }

  /** Called for each member, in order; where a name stands twice the last one counts. */
  readonly #visit = (nameStart: number, nameEnd: number, start: number, end: number): void => {
    this.#lastEnd = end;
    const text = this.#text;
    switch (nameEnd - nameStart) {
      case 3:
        if (text.startsWith("seq", nameStart)) this.#isPlain = false;
        return;
      case 4:
        if (!text.startsWith("type", nameStart)) return;
        this.#typeStart = start;
        this.#typeEnd = end;
        return;
      case 7:
        if (text.startsWith("payload", nameStart)) this.#payloadEnd = end;
        return;
      case 8:
        if (text.startsWith("event_id", nameStart)) {
          this.#idStart = start;
          this.#idEnd = end;
          return;
        }
        break;
      case 10:
        if (text.startsWith("event_type", nameStart)) {
          this.#eventTypeStart = start;
          this.#eventTypeEnd = end;
          return;
        }
        break;
      case 11:
        if (text.startsWith("source_time", nameStart)) {
          this.#timeStart = start;
          return;
        }
        break;
    }
    // It may be one of these names, in escapes.
    if (nameEnd - nameStart >= SHORTEST_ESCAPED && hasEscape(text, nameStart, nameEnd)) {
      this.#isPlain = false;
    }
  };

  #isEvent(): boolean {
    return this.#typeEnd - this.#typeStart === EVENT.length &&
      this.#text.startsWith(EVENT, this.#typeStart);
  }

  #readType(): boolean {
    const [text, start, end] = [this.#text, this.#eventTypeStart, this.#eventTypeEnd];
    const last = this.eventType;
    const isLast = end - start === last.length + 2 && last !== "" &&
      text.charCodeAt(start) === QUOTE && text.startsWith(last, start + 1);
    if (isLast) return true;
    const type = plainName(text, start, end);
    if (type === undefined) return false;
    this.eventType = type;
    return true;
  }

  #readId(): boolean {
    this.eventId = undefined;
    if (this.#idEnd === 0) return true;
    this.eventId = plainName(this.#text, this.#idStart, this.#idEnd);
    return this.eventId !== undefined;
  }
}

/** The name that stands there, as a text of its own; nothing where it has an escape, or is none. */
function plainName(text: string, start: number, end: number): string | undefined {
  if (text.charCodeAt(start) !== QUOTE || hasEscape(text, start, end)) return undefined;
  // A slice would keep the text of the whole chunk alive.
  const name: unknown = JSON.parse(text.slice(start, end));
  return isName(name) ? name : undefined;
}

function hasEscape(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}
