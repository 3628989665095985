/**
 * Server-sent events of a stream of bytes, with a bound on what is held of one.
 *
 * `eventsource-parser` reads them. By itself it takes nothing more once an event was too long, and
 * forgets that event's id: a server that resumes would send it again, without end. So here such an
 * event is passed over to its end, and its id kept.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";

/** What an {@linkcode EventParser} needs. */
export interface EventParserOptions {
  /** Is told the milliseconds that the server wants to be left alone before it is asked again. */
  readonly onRetry: (milliseconds: number) => void;
  /** Is told of each event with more than {@linkcode MAX_FRAME_BYTES} of data: it is left out. */
  readonly onTooLong: () => void;
}

/** Characters of a field's name, and what follows it: of a line that is not whole they count as data. */
const LONGEST_PREFIX = 16;

/** Characters of the longest line with an id that is looked for in an event that is too long. */
const LONGEST_ID = 4 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Makes events of the bytes of one stream, in whichever pieces they come. */
export class EventParser {
  readonly #parser = createParser({
    maxBufferSize: MAX_FRAME_BYTES + LONGEST_PREFIX,
    onEvent: (event) => this.#note(event),
    onId: (id) => this.#lastId = id,
    onRetry: (milliseconds) => this.options.onRetry(milliseconds),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") this.#passOver();
    },
  });
  #events: EventSourceMessage[] = [];
  /** The beginning of the line that is not whole, and its length. */
  #line = "";
  #length = 0;
  /** The id of the event that is not whole. */
  #id: string | undefined;
  #lastId: string | undefined;
  /** The event is too long: nothing more of it is read but its id. */
  #isPassing = false;
  /** A line feed that comes next is the second half of a line's end. */
  #isBehindReturn = false;

  constructor(private readonly options: EventParserOptions) {}

  /** The last id that was set, with an event or without, or by one that was left out. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /**
   * Takes a piece, and returns the events that end in it. Each character of their texts is one byte: the
   * format's own characters are ASCII, so that what is not UTF-8 spoils the event that has it alone.
   */
  take(piece: Uint8Array): EventSourceMessage[] {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < bytes.length;) {
      const isSecondHalf = this.#isBehindReturn && bytes[at] === LINE_FEED;
      this.#isBehindReturn = false;
      if (isSecondHalf) {
        at++;
        continue;
      }
      const end = endOfLine(bytes, at);
      this.#read(bytes.toString("latin1", at, end), end < bytes.length);
      this.#isBehindReturn = bytes[end] === CARRIAGE_RETURN;
      at = end + 1;
    }
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #read(part: string, isEnd: boolean): void {
    this.#line += part.slice(0, LONGEST_ID - this.#line.length);
    this.#length += part.length;
    if (!this.#isPassing) {
      // One kind of line end is enough: behind a carriage return it would wait for what follows.
      this.#parser.feed(isEnd ? `${part}\n` : part);
      if (this.#isPassing) this.#parser.reset();
    }
    if (isEnd) this.#endLine();
  }

  #endLine(): void {
    const isWhole = this.#length === this.#line.length;
    const [, id] = isWhole ? /^id(?:: ?([^\0]*))?$/.exec(this.#line) ?? [] : [];
    if (id !== undefined) this.#id = id;
    if (this.#length === 0) {
      if (this.#isPassing) this.#lastId = this.#id ?? this.#lastId;
      this.#id = undefined;
      this.#isPassing = false;
    }
    this.#line = "";
    this.#length = 0;
  }

  #passOver(): void {
    this.#isPassing = true;
    this.#lastId = this.#id ?? this.#lastId;
    this.options.onTooLong();
  }

  #note(event: EventSourceMessage): void {
    if (event.data.length <= MAX_FRAME_BYTES) this.#events.push(event);
    else this.options.onTooLong();
  }
}

function endOfLine(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) at++;
  return at;
}
