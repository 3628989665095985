/**
 * Events as NATS messages, and NATS messages as what a source has found.
 *
 * @module
 */

import { headers, Match, type MsgHdrs } from "@nats-io/transport-node";
import { isName } from "../../protocol/fields.ts";
import { decodeStrictly } from "../../protocol/input_lines.ts";
import type { SubjectNames } from "./subjects.ts";
import type { Remembered } from "./remembered.ts";
import type { Finding, HubEvent, WholeEvent } from "../source.ts";
import { findingOf } from "../text_findings.ts";

/** Which bridge has sent a message. */
const ORIGIN = "Bus-Origin";
/** The id of an event; JetStream stores no two messages with the same one. */
const ID = "Nats-Msg-Id";
/** The same id, where a header cannot hold it as it is. */
const ENCODED_ID = "Bus-Event-Id";
/** When it happened, in unix milliseconds. */
const TIME = "Bus-Time";

/** A time in a header. */
const MILLISECONDS = /^\d{1,16}$/;

/** Bytes that a message takes beside its payload, subject and id. */
const MESSAGE_BYTES = 300;

const encoder = new TextEncoder();

/** A message on its way out. */
export interface OutgoingMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
  /** About as many as it takes in memory. */
  readonly bytes: number;
}

/** A message that came: its subject, headers and payload. */
export interface IncomingMessage {
  readonly subject: string;
  readonly headers?: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

/** What {@linkcode NatsMessages} needs. */
export interface NatsMessagesOptions {
  /** Stands in each message, so that one knows one's own. */
  readonly origin: string;
  readonly names: SubjectNames;
  /** What the payload of a message that comes in is. */
  readonly format: "json" | "text";
  /** The ids of what came in, which is not to go out again; nothing where nothing goes out. */
  readonly known: Remembered | undefined;
}

/** Makes messages of events, and findings of messages. */
export class NatsMessages {
  readonly #options: NatsMessagesOptions;
  readonly #madeUp = crypto.randomUUID();
  #count = 0;

  constructor(options: NatsMessagesOptions) {
    this.#options = options;
  }

  /** The message of an event; nothing where it came in as one, and why where there can be none. */
  outgoing(event: HubEvent): OutgoingMessage | undefined | { readonly fault: string } {
    const { origin, names, known } = this.#options;
    if (event.id !== undefined && known?.has(event.id)) return undefined;
    const subject = names.subjectOf(event.type);
    if (subject === undefined) return { fault: "there is no subject for its type" };
    const id = event.id ?? this.#newId();
    const header = headers();
    header.set(ORIGIN, origin);
    const plain = isPlain(id) ? id : encodedId(id);
    header.set(ID, plain);
    if (plain !== id) header.set(ENCODED_ID, plain);
    if (event.time !== undefined && MILLISECONDS.test(event.time)) header.set(TIME, event.time);
    const payload = encoder.encode(event.payload);
    const bytes = MESSAGE_BYTES + payload.length + subject.length + 2 * plain.length;
    return { subject, payload, headers: header, bytes };
  }

  /**
   * What a message has brought; nothing where it is one's own, and why where it can be no event.
   *
   * @param id for one that has none
   */
  finding(
    message: IncomingMessage,
    id?: string,
  ): Finding | WholeEvent | undefined | { readonly fault: string } {
    const { origin, names, known, format } = this.#options;
    const header = headersOf(message);
    if (header === null) return { fault: "its headers are broken" };
    if (header?.get(ORIGIN) === origin) return undefined;
    const text = decodeStrictly(message.data);
    if (text === undefined) return { fault: "it is not UTF-8" };
    const { subject } = message;
    const ownId = (header && idOf(header)) || id || (known && this.#newId());
    // Before it is in the hub, for it goes out from there at once.
    if (isName(ownId)) known?.note(ownId);
    const time = header?.get(TIME);
    return findingOf(text, format, {
      type: names.typeOf(subject),
      id: ownId || undefined,
      time: time && MILLISECONDS.test(time) ? time : undefined,
      values: {
        subject: () => subject,
        header: (name) => header && headerOf(header, name),
      },
    });
  }

  #newId(): string {
    return `${this.#madeUp}.${++this.#count}`;
  }
}

/** Nothing where it has none, `null` where they cannot be read. */
function headersOf(message: IncomingMessage): MsgHdrs | undefined | null {
  try {
    return message.headers;
  } catch {
    return null;
  }
}

function headerOf(header: MsgHdrs, name: string): string | undefined {
  // Of a name that cannot be one a header does not exist.
  return header.get(name, Match.IgnoreCase) || undefined;
}

/** Whether a header gives it back as it is. */
function isPlain(id: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(id);
}

function encodedId(id: string): string {
  return encodeURIComponent(id.toWellFormed());
}

function idOf(header: MsgHdrs): string {
  const encoded = header.get(ENCODED_ID);
  if (encoded === "") return header.get(ID);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return header.get(ID);
  }
}
