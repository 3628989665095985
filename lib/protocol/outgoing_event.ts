/**
 * The frame of an event that a publisher sends. What cannot be one is refused here, before it
 * costs the connection.
 *
 * @module
 */

import { decode, encode, payloadText } from "./codec.ts";
import { BusError } from "./errors.ts";
import { EventFrame } from "./event_frame.ts";
import { type FieldKind, NAME } from "./fields.ts";
import { MAX_EVENT_FRAME_BYTES, MAX_FRAME_BYTES } from "./limits.ts";
import { event, type JsonText } from "./messages.ts";

/** An event to publish. */
export interface OutgoingEvent {
  /** Its type. */
  type: string;
  /** Its payload, as a value that JSON can hold. */
  payload?: unknown;
  /** Its payload as the text of one JSON value, in the place of `payload`; it is kept as it is. */
  payloadText?: JsonText | undefined;
  /** Its id: the hub drops another event with the same one. */
  id?: string | undefined;
  /** When it happened, in unix milliseconds; now if absent. */
  time?: number | string | undefined;
}

const encoder = new TextEncoder();

/**
 * Makes the frame of an event.
 *
 * @param now unix time in milliseconds, for an event without a time
 * @throws {BusError} `bad_input`: it cannot be an event
 */
export function eventFrame(outgoing: OutgoingEvent, now: number): string {
  const { type, id, time } = outgoing;
  check("type", NAME, type);
  if (id !== undefined) check("id", NAME, id);
  const text = outgoing.payloadText ?? JSON.stringify(outgoing.payload);
  if (text === undefined) throw badInput("there is no payload, or JSON cannot hold it");
  const payload = payloadText(text);
  if (payload instanceof Error) throw badInput(`bad payload: ${payload.message}`);
  const frame = encode(event({
    event_type: type,
    ...(id === undefined ? {} : { event_id: id }),
    source_time: String(time ?? now),
    payload,
  }));
  if (byteLengthExceeds(frame, MAX_EVENT_FRAME_BYTES)) throw tooLarge();
  return frame;
}

/**
 * Makes the frame of a whole event that is given as text. The text stays as it is, but for line
 * ends between tokens, which become spaces, and a `source_time`, which is added at the end where it
 * has none and there is room.
 *
 * @param now unix time in milliseconds
 * @throws {BusError} `bad_input`: it is no event
 */
export function eventFrameOf(text: string, now: number): string {
  const decoded = decode(text);
  if (decoded instanceof Error) {
    throw badInput(`not an event: ${decoded.message.replace(/^event: /, "")}`);
  }
  if (!(decoded instanceof EventFrame)) throw badInput(`not an event but a ${decoded.type}`);
  const line = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, " ") : text;
  const frame = `${line}\n`;
  // Of an event's size neither the blanks around it count nor a seq of its own: the hub takes them out.
  if (byteLengthExceeds(`${decoded.body}}\n`, MAX_EVENT_FRAME_BYTES)) throw tooLarge();
  if (byteLengthExceeds(frame, MAX_FRAME_BYTES)) throw tooLarge();
  if (decoded.source_time !== undefined) return frame;
  // An event has members, so a comma is right, and of two of a name the last one counts.
  const timed = `${line.slice(0, line.lastIndexOf("}"))},"source_time":"${now}"}\n`;
  return byteLengthExceeds(timed, MAX_EVENT_FRAME_BYTES) ? frame : timed;
}

function check(name: string, kind: FieldKind, value: unknown): void {
  if (!kind.accepts(value)) throw badInput(`the event's ${name} must be ${kind.description}`);
}

/** Whether a text has more bytes than so many; a short one is not encoded for it. */
export function byteLengthExceeds(text: string, limit: number): boolean {
  // No UTF-16 code unit takes more than 3 bytes.
  return text.length * 3 > limit && encoder.encode(text).length > limit;
}

function badInput(reason: string): BusError {
  return new BusError("bad_input", reason);
}

function tooLarge(): BusError {
  return badInput(`the event is longer than ${MAX_EVENT_FRAME_BYTES} bytes`);
}
