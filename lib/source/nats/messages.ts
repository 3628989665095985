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
import type { Siblings } from "./siblings.ts";
import type { Finding, HubEvent, WholeEvent } from "../source.ts";
import { findingOf } from "../text_findings.ts";

/** Which bridge has sent a message; each of the values is one by which a hub knows its own. */
const ORIGIN = "Bus-Origin";
/** The id of an event; JetStream stores no two messages with the same one. */
const ID = "Nats-Msg-Id";
/** The same id, where a header cannot hold it as it is. */
const ENCODED_ID = "Bus-Event-Id";
/** When it happened, in unix milliseconds. */
const TIME = "Bus-Time";

/** What is wrong with a message that has one's own origin, and that one has not sent. */
const NAMESAKE =
  "it has this hub's origin but is not from here: another hub has the same jetstream.durable";

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
  /** Stands in each message, so that one knows one's own from an earlier life. */
  readonly origin: string | undefined;
  /** The bridges of the same hub. */
  readonly siblings: Siblings;
  /** The servers, each time in the same words. */
  readonly servers: string;
  readonly names: SubjectNames;
  /** What the payload of a message that comes in is. */
  readonly format: "json" | "text";
  /** The ids of what came in, which is not to go out again; nothing where nothing goes out. */
  readonly known: Remembered | undefined;
}

/** Makes messages of events, and findings of messages. */
export class NatsMessages {
  readonly #options: NatsMessagesOptions;
  /** Forgets what was noted for a finding. */
  readonly #forgets = new WeakMap<object, () => void>();

  constructor(options: NatsMessagesOptions) {
    this.#options = options;
  }

  /** The message of an event; nothing where it came in as one, and why where there can be none. */
  outgoing(event: HubEvent): OutgoingMessage | undefined | { readonly fault: string } {
    const { names, known, siblings } = this.#options;
    if (event.id !== undefined && known?.has(event.id)) return undefined;
    const subject = names.subjectOf(event.type);
    if (subject === undefined) return { fault: "there is no subject for its type" };
    // Through another bridge to another server it goes on, but not back to where it is from.
    if (event.id !== undefined && siblings.hasArrived(this.#placeOf(subject), event.id)) {
      return undefined;
    }
    const id = event.id ?? siblings.newId();
    const header = headers();
    for (const one of this.#origins()) header.append(ORIGIN, one);
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
   * @param isNew whether it was sent in this life
   */
  finding(
    message: IncomingMessage,
    id?: string,
    isNew = false,
  ): Finding | WholeEvent | undefined | { readonly fault: string } {
    const { origin, names, known, format, siblings } = this.#options;
    const header = headersOf(message);
    if (header === null) return { fault: "its headers are broken" };
    const origins = header?.values(ORIGIN) ?? [];
    if (origins.includes(siblings.origin)) return undefined;
    if (origin !== undefined && origins.includes(origin)) {
      return isNew ? { fault: NAMESAKE } : undefined;
    }
    const sentId = header && idOf(header);
    // Another hub may have passed it on, and with an origin of its own.
    if (sentId && siblings.hasMadeUp(sentId)) return undefined;
    const text = decodeStrictly(message.data);
    if (text === undefined) return { fault: "it is not UTF-8" };
    const { subject } = message;
    const goesOn = known !== undefined || siblings.publish;
    const ownId = sentId || id || (goesOn ? siblings.newId() : undefined);
    const time = header?.get(TIME);
    const finding = findingOf(text, format, {
      type: names.typeOf(subject),
      id: ownId || undefined,
      time: time && MILLISECONDS.test(time) ? time : undefined,
      values: {
        subject: () => subject,
        header: (name) => header && headerOf(header, name),
      },
    });
    // Before it is in the hub, for it goes out from there at once.
    if (isName(ownId)) this.#note(finding, this.#placeOf(subject), ownId);
    return finding;
  }

  /** A finding has not come into the hub: an event with its id is not the one that it brought. */
  forget(finding: Finding | WholeEvent): void {
    this.#forgets.get(finding)?.();
  }

  #note(finding: Finding | WholeEvent, place: string, id: string): void {
    const { known, siblings } = this.#options;
    const isNewHere = known?.note(id) ?? false;
    const isNewThere = siblings.publish && siblings.noteArrival(place, id);
    this.#forgets.set(finding, () => {
      // What was noted before has come in with another one.
      if (isNewHere) known?.forget(id);
      if (isNewThere) siblings.forgetArrival(place, id);
    });
  }

  #origins(): Set<string> {
    const { origin, siblings } = this.#options;
    return new Set([...siblings.origins, ...origin === undefined ? [] : [origin]]);
  }

  #placeOf(subject: string): string {
    return `${this.#options.servers} ${subject}`;
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
