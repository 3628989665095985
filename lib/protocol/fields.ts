/**
 * What the fields of each message must be. The codec reads frames by this table, so the contract's
 * fields stand in one place.
 *
 * @module
 */

import { MAX_NAME_BYTES } from "./limits.ts";
import { type Message, type MessageType, SOURCE_STATES } from "./messages.ts";

/** What a field's value must be. */
export interface FieldKind {
  /** Ends the sentence "event_key must be …". */
  readonly description: string;
  /** Whether a parsed JSON value is of this kind. */
  accepts(value: unknown): boolean;
  /** Set where such a value is an array; an array or object in any other field is not even parsed. */
  readonly isArray?: true;
}

/** One field of a message. */
export interface FieldRule {
  readonly kind: FieldKind;
  /** In an optional field `""` and `null` are the same as absent. */
  readonly optional: boolean;
}

const encoder = new TextEncoder();

/** Whether a string fits where the contract allows {@linkcode MAX_NAME_BYTES}. */
export function isName(value: unknown): value is string {
  if (typeof value !== "string" || value === "" || value.length > MAX_NAME_BYTES) return false;
  // No UTF-16 code unit takes more than 3 bytes.
  return value.length * 3 <= MAX_NAME_BYTES || encoder.encode(value).length <= MAX_NAME_BYTES;
}

/** A key, type or id. */
export const NAME: FieldKind = {
  description: `a string of 1 to ${MAX_NAME_BYTES} bytes`,
  accepts: isName,
};

/** Any string. */
export const TEXT: FieldKind = {
  description: "a string",
  accepts: (value) => typeof value === "string",
};

/** A number that is a safe integer by value. */
export const INTEGER: FieldKind = {
  description: "a whole number",
  accepts: Number.isSafeInteger,
};

const BOOLEAN: FieldKind = {
  description: "true or false",
  accepts: (value) => typeof value === "boolean",
};

const NAMES: FieldKind = {
  isArray: true,
  description: `an array, not empty, of strings of 1 to ${MAX_NAME_BYTES} bytes`,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isName),
};

const TEXTS: FieldKind = {
  isArray: true,
  description: "an array of strings",
  accepts: (value) => Array.isArray(value) && value.every(TEXT.accepts),
};

const SOURCE_STATE: FieldKind = {
  description: `one of ${SOURCE_STATES.join(", ")}`,
  accepts: (value) => SOURCE_STATES.some((state) => state === value),
};

/** An array of objects that have at least these fields. */
function records(fields: Record<string, FieldKind>): FieldKind {
  const entries = Object.entries(fields);
  return {
    isArray: true,
    description: `an array of objects with ${Object.keys(fields).join(", ")}`,
    accepts: (value) =>
      Array.isArray(value) &&
      value.every((record: unknown) =>
        typeof record === "object" && record !== null && entries.every(([name, kind]) =>
          Object.hasOwn(record, name) && kind.accepts(Reflect.get(record, name))
        )
      ),
  };
}

const CONSUMER = { pid: INTEGER, event_key: TEXT, received: INTEGER, dropped: INTEGER };
const CONSUMERS = records(CONSUMER);
const CLOSED_CONSUMERS = records({ ...CONSUMER, closed_at: INTEGER, reason: TEXT });
const SOURCES = records({ source: TEXT, state: SOURCE_STATE });
const TYPES = records({
  event_type: TEXT,
  published: INTEGER,
  last_at: INTEGER,
  consumers: INTEGER,
});

function required(kind: FieldKind): FieldRule {
  return { kind, optional: false };
}

function optional(kind: FieldKind): FieldRule {
  return { kind, optional: true };
}

type Rules<M extends Message> = { readonly [F in Exclude<keyof M, "type">]-?: FieldRule };

/** The fields of every message but `event`, whose payload is never parsed. */
export const FIELD_RULES: {
  readonly [T in Exclude<MessageType, "event">]: Rules<Extract<Message, { type: T }>>;
} = {
  hello: {
    pid: optional(INTEGER),
    event_key: required(NAME),
    event_types: required(NAMES),
    version: optional(TEXT),
    subscription_id: optional(NAME),
    sets_up: optional(BOOLEAN),
  },
  hello_ack: {
    bus_version: required(TEXT),
    first_for_key: required(BOOLEAN),
    rejected: optional(BOOLEAN),
    reject_reason: optional(TEXT),
    reject_code: optional(TEXT),
    capabilities: optional(TEXTS),
    hub_id: optional(TEXT),
    hub_version: optional(TEXT),
    sources: optional(SOURCES),
    config: optional(TEXT),
  },
  bye: { reason: optional(TEXT) },
  pre_shutdown_check: { event_key: optional(NAME), subscription_id: optional(NAME) },
  pre_shutdown_ack: { last_for_key: required(BOOLEAN) },
  status_query: {},
  status_response: {
    pid: required(INTEGER),
    uptime_sec: required(INTEGER),
    active_conns: required(INTEGER),
    consumers: required(CONSUMERS),
    hub_id: optional(TEXT),
    hub_version: optional(TEXT),
    capabilities: optional(TEXTS),
    socket: optional(TEXT),
    sources: optional(SOURCES),
    types: optional(TYPES),
    config: optional(TEXT),
    published: optional(INTEGER),
    unmatched: optional(INTEGER),
    duplicates: optional(INTEGER),
    refused: optional(INTEGER),
    closing: optional(INTEGER),
    closed: optional(CLOSED_CONSUMERS),
    buffered_bytes: optional(INTEGER),
    buffered_limit: optional(INTEGER),
    warnings: optional(TEXTS),
    truncated: optional(BOOLEAN),
  },
  shutdown: {},
  source_status: {
    source: required(TEXT),
    state: required(SOURCE_STATE),
    detail: optional(TEXT),
  },
  flush: { id: required(INTEGER) },
  flush_ack: {
    id: required(INTEGER),
    events: required(INTEGER),
    matched: required(INTEGER),
    duplicates: required(INTEGER),
  },
  setup_done: {},
  reload: {},
  reload_ack: { ok: required(BOOLEAN), message: optional(TEXT) },
  error: { code: required(TEXT), message: required(TEXT) },
};
