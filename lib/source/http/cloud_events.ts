/**
 * CloudEvents 1.0, as they come over HTTP: one in headers and body, one as JSON, several as JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { payloadText } from "../../protocol/codec.ts";
import { isName } from "../../protocol/fields.ts";
import { decodeStrictly } from "../../protocol/input_lines.ts";
import { scanJsonBytes } from "../../protocol/json.ts";
import { endOfValue, OPEN_OBJECT, skipBlanks } from "../../protocol/json_grammar.ts";
import { MAX_DEPTH } from "../../protocol/limits.ts";
import type { JsonText } from "../../protocol/messages.ts";
import { Refusal } from "./answers.ts";
import type { HeaderMap } from "./signatures.ts";

/** The media types of events that are JSON as a whole. */
export const STRUCTURED = "application/cloudevents+json";
export const BATCHED = "application/cloudevents-batch+json";

/** Before the name of an attribute in a header. */
const PREFIX = "ce-";

/** Events in one batch. */
const MOST_EVENTS = 1024;

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** What an event says of itself. */
export interface Context {
  readonly type: string;
  /** Its source and its id, for only both together are unique; nothing where that is too long. */
  readonly id: string | undefined;
  /** Unix milliseconds. */
  readonly time: number | undefined;
}

/** An event that was JSON as a whole. */
export interface StructuredEvent {
  readonly context: Context;
  /** What stands at `data`, as it is; `null` where there is none. */
  readonly payload: JsonText;
  /** Its attributes, by the names that they would have as headers. */
  readonly header: (name: string) => string | undefined;
}

/** Whether a request is an event whose attributes stand in the headers. */
export function isBinary(headers: HeaderMap): boolean {
  return headers.has(`${PREFIX}specversion`);
}

/**
 * Reads an event's attributes from the headers.
 *
 * @throws {Refusal} one is missing or wrong
 */
export function binaryContext(headers: HeaderMap): Context {
  return contextOf((name) => {
    const value = headers.get(`${PREFIX}${name}`);
    return value === undefined ? undefined : decoded(name, value);
  });
}

/**
 * Makes a payload of an event's data. JSON stays as it is, a text becomes a string of JSON, all else a
 * string of its bytes in base64.
 *
 * @param mediaType of the data, in small letters
 * @throws {Refusal} it is not what its type says
 */
export function payloadOfData(mediaType: string, data: Uint8Array): JsonText {
  const isJson = isJsonType(mediaType);
  if (!isJson && !/^text\/|[/+]xml$/.test(mediaType)) {
    return JSON.stringify(Buffer.from(data).toString("base64"));
  }
  const text = decodeStrictly(data);
  if (text === undefined) throw new Refusal(400, "the data is not UTF-8");
  if (!isJson) return JSON.stringify(text);
  const payload = payloadText(text);
  if (payload instanceof Error) throw new Refusal(400, `the data is ${payload.message}`);
  return payload;
}

/** Whether a media type is one of JSON. */
export function isJsonType(mediaType: string): boolean {
  return /[/+]json$/.test(mediaType);
}

/**
 * Reads an event that is JSON as a whole.
 *
 * @param text one JSON text
 * @throws {Refusal} it is no event
 */
export function structuredEvent(text: JsonText): StructuredEvent {
  const bytes = encoder.encode(text);
  return eventIn(bytes, skipBlanks(bytes, 0, bytes.length), bytes.length);
}

/**
 * Reads several events, which stand in an array.
 *
 * @param text one JSON text
 * @throws {Refusal} one of them is no event, or there are too many
 */
export function batchedEvents(text: JsonText): StructuredEvent[] {
  const bytes = encoder.encode(text);
  const to = bytes.length;
  let at = skipBlanks(bytes, 0, to);
  if (bytes[at] !== OPEN_ARRAY) throw new Refusal(400, "a batch is an array of events");
  at = skipBlanks(bytes, at + 1, to);
  const events: StructuredEvent[] = [];
  while (bytes[at] !== CLOSE_ARRAY) {
    if (events.length === MOST_EVENTS) {
      throw new Refusal(413, `the batch has more than ${MOST_EVENTS} events`);
    }
    const end = endOfValue(bytes, at, to, MAX_DEPTH);
    events.push(eventIn(bytes, at, end));
    at = skipBlanks(bytes, end, to);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1, to);
  }
  return events;
}

const encoder = new TextEncoder();

/** @param bytes JSON, of which the event is a part */
function eventIn(bytes: Uint8Array, from: number, to: number): StructuredEvent {
  if (bytes[from] !== OPEN_OBJECT) throw new Refusal(400, "an event is an object");
  const members = new Map<string, JsonText>();
  // Where a name stands twice, the last one counts, as everywhere.
  scanJsonBytes(
    bytes,
    MAX_DEPTH,
    (nameStart, nameEnd, start, end) => {
      const name: unknown = JSON.parse(`"${textOf(bytes, nameStart, nameEnd)}"`);
      members.set(String(name), textOf(bytes, start, end));
    },
    from,
    to,
  );
  const attribute = (name: string) => {
    const value = name === "data" || name === "data_base64" ? undefined : members.get(name);
    // An array or object is no attribute's value, and parsing a hostile one would cost much.
    if (value === undefined || value === "null" || /^[[{]/.test(value)) return undefined;
    return String(JSON.parse(value));
  };
  return {
    context: contextOf(attribute),
    payload: dataOf(members, attribute("datacontenttype")),
    header: (name) => {
      const small = name.toLowerCase();
      return small.startsWith(PREFIX) ? attribute(small.slice(PREFIX.length)) : undefined;
    },
  };
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decodeStrictly(bytes.subarray(from, to)) ?? "";
}

function dataOf(members: ReadonlyMap<string, JsonText>, mediaType = "application/json"): JsonText {
  const data = members.get("data");
  const base64: unknown = JSON.parse(members.get("data_base64") ?? "null");
  if (base64 === null) return data ?? "null";
  if (data !== undefined) throw new Refusal(400, "an event has data or data_base64, not both");
  if (typeof base64 !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) {
    throw new Refusal(400, "data_base64 is no base64");
  }
  return payloadOfData(essenceOf(mediaType), Buffer.from(base64, "base64"));
}

/** A media type without its parameters, in small letters. */
export function essenceOf(contentType: string): string {
  return contentType.split(";", 1).join("").trim().toLowerCase();
}

function contextOf(attribute: (name: string) => string | undefined): Context {
  const needed = (name: string) => {
    const value = attribute(name);
    if (!value) throw new Refusal(400, `the event has no ${name}`);
    return value;
  };
  if (needed("specversion") !== "1.0") throw new Refusal(400, "the event's specversion is not 1.0");
  const type = needed("type");
  const source = needed("source");
  if (/\s/.test(source)) throw new Refusal(400, "the event's source has a blank");
  // No source has a blank, so that no two pairs are the same.
  const id = `${source} ${needed("id")}`;
  const time = attribute("time");
  return {
    type,
    id: isName(id) ? id : undefined,
    time: time === undefined ? undefined : unixTime(time),
  };
}

/** A header's value, which may be quoted, and has bytes of UTF-8 as `%xx`. */
function decoded(name: string, value: string): string {
  const [, quoted] = /^"(.*)"$/s.exec(value) ?? [];
  try {
    return decodeURIComponent(quoted === undefined ? value : quoted.replaceAll(/\\(.)/gs, "$1"));
  } catch {
    throw new Refusal(400, `the header ${PREFIX}${name} has a % that stands for nothing`);
  }
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function unixTime(text: string): number {
  const [, day = "", time = "", fraction = "", zone = ""] = RFC_3339.exec(text) ?? [];
  const seconds = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(seconds) || !isMoment(`${day}T${time}`)) {
    throw new Refusal(400, "the event's time is none of RFC 3339");
  }
  return seconds + Math.floor(Number(`0${fraction}`) * 1000);
}

/** A day that no month has, and the hour 24, are moments of the next one to `Date`. */
function isMoment(text: string): boolean {
  return new Date(`${text}Z`).toISOString().startsWith(text);
}
