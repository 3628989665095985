/**
 * What the contract says of frames, read from its page and written down once more: nothing of the
 * product is in it, so that the two can disagree.
 *
 * @module
 */

/** Bytes of the longest frame, its line end included. */
export const LONGEST_FRAME = 1_048_576;

/** Bytes of a publisher's longest event, without a `seq` of its own, its line end included. */
export const LONGEST_EVENT = 1_048_512;

/** Bytes of UTF-8 of the longest name, decoded. */
export const LONGEST_NAME = 1_024;

/** Arrays and objects open at once. */
export const DEEPEST = 512;

/** Event ids that are remembered, and their bytes. */
export const REMEMBERED_IDS = 65_536;
export const REMEMBERED_BYTES = 8 * 1024 * 1024;

/** What a field holds. */
export type Kind =
  /** A string of 1 to 1,024 bytes. */
  | "name"
  /** An array of names, not empty. */
  | "names"
  | "text"
  | "integer"
  | "flag"
  | "anything"
  /** An array of whatever: in messages that none but a hub sends. */
  | "list";

/** One field of a message. */
export interface Field {
  readonly kind: Kind;
  /** Where it is not needed `""` and `null` are the same as absent. */
  readonly needed: boolean;
}

function fields(needed: Record<string, Kind>, optional: Record<string, Kind> = {}) {
  return new Map<string, Field>([
    ...Object.entries(needed).map(([name, kind]) => [name, { kind, needed: true }] as const),
    ...Object.entries(optional).map(([name, kind]) => [name, { kind, needed: false }] as const),
  ]);
}

const NAME_OF_HUB = { hub_id: "text", hub_version: "text", config: "text" } as const;

/** The fields of each message, beside its `type`. */
export const MESSAGES: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map([
  [
    "hello",
    fields({ event_key: "name", event_types: "names" }, {
      pid: "integer",
      version: "text",
      subscription_id: "name",
      sets_up: "flag",
    }),
  ],
  [
    "hello_ack",
    fields({ bus_version: "text", first_for_key: "flag" }, {
      rejected: "flag",
      reject_reason: "text",
      reject_code: "text",
      capabilities: "list",
      sources: "list",
      ...NAME_OF_HUB,
    }),
  ],
  [
    "event",
    fields({ event_type: "name", payload: "anything" }, {
      event_id: "name",
      source_time: "text",
      seq: "integer",
    }),
  ],
  ["bye", fields({}, { reason: "text" })],
  ["pre_shutdown_check", fields({}, { event_key: "name", subscription_id: "name" })],
  ["pre_shutdown_ack", fields({ last_for_key: "flag" })],
  ["status_query", fields({})],
  [
    "status_response",
    fields(
      { pid: "integer", uptime_sec: "integer", active_conns: "integer", consumers: "list" },
      { ...NAME_OF_HUB, socket: "text", types: "list", published: "integer", truncated: "flag" },
    ),
  ],
  ["shutdown", fields({})],
  ["source_status", fields({ source: "text", state: "text" }, { detail: "text" })],
  ["flush", fields({ id: "integer" })],
  [
    "flush_ack",
    fields({ id: "integer", events: "integer", matched: "integer", duplicates: "integer" }),
  ],
  ["setup_done", fields({})],
  ["reload", fields({})],
  ["reload_ack", fields({ ok: "flag" }, { message: "text" })],
  ["error", fields({ code: "text", message: "text" })],
]);

const encoder = new TextEncoder();

/** Whether a value is what a field of this kind holds. */
export function isOfKind(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "name":
      return typeof value === "string" && value !== "" &&
        (value.length <= LONGEST_NAME / 3 || encoder.encode(value).length <= LONGEST_NAME);
    case "names":
      return Array.isArray(value) && value.length > 0 &&
        value.every((entry) => isOfKind("name", entry));
    case "text":
      return typeof value === "string";
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value);
    case "flag":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "anything":
      return true;
  }
}
