/**
 * Lines to messages and back.
 *
 * @module
 */

import { BadFrameError } from "./errors.ts";
import { EventFrame, type Span } from "./event_frame.ts";
import { FIELD_RULES, type FieldKind, type FieldRule, INTEGER, NAME, TEXT } from "./fields.ts";
import { type JsonFault, scanJson } from "./json.ts";
import { MAX_DEPTH } from "./limits.ts";
import type { Event, JsonText, Message } from "./messages.ts";

/** What {@linkcode decode} makes of a line. An event comes with its text. */
export type Decoded = Exclude<Message, Event> | EventFrame | BadFrameError;

/**
 * Decodes one line.
 *
 * @param line a frame's text, without its line end
 * @returns the message, or why it is none; its fields are checked, unknown ones are ignored
 */
export function decode(line: string): Decoded {
  const fault = members.read(line);
  if (fault) return new BadFrameError(describeFault(line, fault));
  if (!members.isObject(line)) return new BadFrameError("not a JSON object");
  const type = members.value("type", TEXT);
  if (type === "event") return decodeEvent(line);
  if (typeof type !== "string" || !Object.hasOwn(FIELD_RULES, type)) {
    return new BadFrameError(type === undefined ? "no type" : "unknown type");
  }
  return decodeFields(type as keyof typeof FIELD_RULES);
}

/**
 * Encodes a message as its frame, line end included.
 *
 * An event's payload is put in as it is, so it must be the text of one JSON value without line
 * ends; {@linkcode payloadText} makes or checks one.
 */
export function encode(message: Message): string {
  if (message.type !== "event") return JSON.stringify(message) + "\n";
  const { payload, seq, ...fields } = message instanceof EventFrame ? plain(message) : message;
  const head = JSON.stringify(fields).slice(0, -1);
  const tail = seq === undefined ? "}\n" : `,"seq":${seq}}\n`;
  return `${head},"payload":${payload}${tail}`;
}

/**
 * Makes a payload of a text that may stand in several lines: line ends between tokens become
 * spaces, nothing else changes. (Inside a string JSON has none.)
 *
 * @returns the payload, or what is wrong with the text
 */
export function payloadText(text: string): JsonText | BadFrameError {
  // One place is taken by the object of the frame around it.
  const fault = scanJson(text, MAX_DEPTH - 1);
  if (fault) return new BadFrameError(describeFault(text, fault));
  return text.replaceAll(/[\r\n]/g, " ").trim();
}

function plain(frame: EventFrame): Event {
  const { event_type, event_id, source_time, seq, payload } = frame;
  return {
    type: "event",
    event_type,
    ...(event_id === undefined ? {} : { event_id }),
    ...(source_time === undefined ? {} : { source_time }),
    ...(seq === undefined ? {} : { seq }),
    payload,
  };
}

function describeFault(text: string, { at, tooDeep }: JsonFault): string {
  if (tooDeep) return `more than ${MAX_DEPTH} arrays and objects open at once`;
  if (at >= text.length) return "not JSON: it ends too early";
  return `not JSON from character ${at + 1} on`;
}

const EVENT_FIELDS = ["event_type", "event_id", "source_time", "seq", "payload"];

/** Every field name that some message knows. */
const KNOWN_FIELDS = new Set([
  "type",
  ...EVENT_FIELDS,
  ...Object.values(FIELD_RULES).flatMap((rules) => Object.keys(rules)),
]);
const LONGEST_FIELD = Math.max(...Array.from(KNOWN_FIELDS, (name) => name.length));

/** The known names by length and first letter, so that a frame's own names are compared in place. */
const FIELDS_BY_SHAPE = Map.groupBy(
  KNOWN_FIELDS,
  (name) => shapeOf(name.length, name.charCodeAt(0)),
);

function shapeOf(length: number, firstLetter: number): number {
  return firstLetter * (LONGEST_FIELD + 1) + length;
}

/**
 * Where the known top-level members of the last line read stand. One instance serves all frames:
 * decoding is synchronous, and what it returns keeps nothing of this.
 */
class Members {
  #line = "";
  readonly #spans = new Map<string, Span>();
  /** Each `seq` from its name's quote to its value's end, in order. */
  readonly #seqs: Span[] = [];

  read(line: string): JsonFault | undefined {
    this.#line = line;
    this.#spans.clear();
    this.#seqs.length = 0;
    return scanJson(line, MAX_DEPTH, this.#visit);
  }

  isObject(line: string): boolean {
    return line.trimStart().startsWith("{");
  }

  /** The span of the value that counts: where a name stands twice, the last. */
  span(name: string): Span | undefined {
    return this.#spans.get(name);
  }

  /**
   * The parsed value of a member; nothing where there is none. Where the kind is no array's, an array
   * or object stands for itself: parsing a hostile one would cost much and could not make it right.
   */
  value(name: string, kind: FieldKind): unknown {
    const span = this.#spans.get(name);
    if (!span) return undefined;
    if (!kind.isArray && "[{".includes(this.#line.charAt(span.start))) return STRUCTURE;
    // JSON.parse also copies: a slice would keep the whole chunk of its line alive.
    return JSON.parse(this.#line.slice(span.start, span.end));
  }

  /** The line from its brace to its last member's end, without any `seq`. */
  body(): string {
    const line = this.#line;
    const start = line.indexOf("{");
    const end = endOfLastMember(line);
    const first = this.#seqs[0];
    if (!first) return line.slice(start, end);
    let body = "";
    let from = start;
    for (const seq of this.#seqs) {
      // The first member goes with the comma behind it, any other with the one before it.
      const before = line.slice(from, seq.start).trimEnd();
      if (before.endsWith(",")) {
        body += before.slice(0, -1);
        from = seq.end;
      } else {
        body += before;
        from = line.indexOf(",", seq.end) + 1;
      }
    }
    return body + line.slice(from, end);
  }

  readonly #visit = (nameStart: number, nameEnd: number, start: number, end: number) => {
    const name = this.#fieldName(nameStart, nameEnd);
    if (name === undefined) return;
    this.#spans.set(name, { start, end });
    if (name === "seq") this.#seqs.push({ start: nameStart - 1, end });
  };

  #fieldName(start: number, end: number): string | undefined {
    const line = this.#line;
    // A name may be written in escapes, six characters for one.
    if (end - start > LONGEST_FIELD * 6) return undefined;
    for (let at = start; at < end; at++) {
      if (line[at] === "\\") return this.#escapedFieldName(start, end);
    }
    if (end - start > LONGEST_FIELD) return undefined;
    const alike = FIELDS_BY_SHAPE.get(shapeOf(end - start, line.charCodeAt(start)));
    return alike?.find((name) => line.startsWith(name, start));
  }

  #escapedFieldName(start: number, end: number): string | undefined {
    const name: unknown = JSON.parse(`"${this.#line.slice(start, end)}"`);
    return typeof name === "string" && KNOWN_FIELDS.has(name) ? name : undefined;
  }
}

const members = new Members();

/** An array or object where none may stand. No kind of field accepts it. */
const STRUCTURE = Symbol("structure");

function endOfLastMember(line: string): number {
  let end = line.lastIndexOf("}");
  while (" \t\r\n".includes(line.charAt(end - 1))) end--;
  return end;
}

function decodeEvent(line: string): EventFrame | BadFrameError {
  const eventType = members.value("event_type", NAME);
  const payload = members.span("payload");
  if (!NAME.accepts(eventType)) return wrongField("event", "event_type", NAME);
  if (!payload) return new BadFrameError("event: no payload", "event");
  const known: Record<string, unknown> = {};
  for (const [name, kind] of OPTIONAL_EVENT_FIELDS) {
    const value = members.value(name, kind);
    if (isAbsent(value)) continue;
    if (!kind.accepts(value)) return wrongField("event", name, kind);
    known[name] = value;
  }
  return new EventFrame(members.body(), line, payload, eventType as string, known);
}

const OPTIONAL_EVENT_FIELDS: readonly (readonly [string, FieldKind])[] = [
  ["event_id", NAME],
  ["source_time", TEXT],
  ["seq", INTEGER],
];

function decodeFields(type: keyof typeof FIELD_RULES): Exclude<Message, Event> | BadFrameError {
  const message: Record<string, unknown> = { type };
  const rules: Record<string, FieldRule> = FIELD_RULES[type];
  for (const [name, { kind, optional }] of Object.entries(rules)) {
    const value = members.value(name, kind);
    if (optional ? isAbsent(value) : value === undefined) {
      if (optional) continue;
      return new BadFrameError(`${type}: no ${name}`, type);
    }
    if (!kind.accepts(value)) return wrongField(type, name, kind);
    message[name] = value;
  }
  // The rules of each type are typed by its fields, and every one was held against them.
  return message as unknown as Exclude<Message, Event>;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function wrongField(type: string, name: string, kind: FieldKind): BadFrameError {
  return new BadFrameError(`${type}: ${name} must be ${kind.description}`, type);
}
