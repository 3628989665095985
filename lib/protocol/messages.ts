/**
 * The messages of the wire, with a constructor for each. Field names are those of the frames, so
 * that a message and its JSON are the same thing to a reader.
 *
 * @module
 */

/** What a hub of this version speaks; in `hello.version` and `hello_ack.bus_version`. */
export const BUS_VERSION = "v1";

/** The capabilities that every hub of this program has. */
export const CAPABILITIES: readonly string[] = ["patterns", "flush", "bye_reason", "sets_up"];

/** The states of a source. */
export const SOURCE_STATES = ["connecting", "connected", "disconnected", "reconnecting"] as const;

/** A state of {@linkcode SOURCE_STATES}. */
export type SourceState = typeof SOURCE_STATES[number];

/**
 * The text of one JSON value, without line ends. Payloads are kept as text because a parsed value
 * has lost what it was: `12345678901234567890`, `1.0`, key order, duplicate keys.
 */
export type JsonText = string;

/** A consumer subscribes. */
export interface Hello {
  type: "hello";
  pid?: number;
  event_key: string;
  event_types: string[];
  version?: string;
  subscription_id?: string;
  /** The consumer sets the key up if it is first; until its `setup_done` the key is its own. */
  sets_up?: boolean;
}

/** Why a hub rejects a hello, for programs. */
export type RejectCode = "bad_hello" | "cleanup" | "limit" | "single" | "stopped";

/** The hub's answer to a hello. */
export interface HelloAck {
  /** Always `hello_ack`. */
  type: "hello_ack";
  /** What the hub speaks: {@linkcode BUS_VERSION}. */
  bus_version: string;
  /** Whether the consumer is the first for its key, and so the one to set it up. */
  first_for_key: boolean;
  /** The hub does not take this consumer. */
  rejected?: boolean;
  /** Why, for people. */
  reject_reason?: string;
  /** Why, for programs: a {@linkcode RejectCode}, or one of a newer hub. */
  reject_code?: string;
  /** What the hub can do beyond the contract's core. */
  capabilities?: string[];
  /** New at each start of a hub: tells a consumer that came back whether it missed anything. */
  hub_id?: string;
  /** The version of the hub's program. */
  hub_version?: string;
  /** How its sources are now. */
  sources?: SourceInfo[];
  /** The path of its catalogue. */
  config?: string;
}

/** One event. */
export interface Event {
  type: "event";
  event_type: string;
  event_id?: string;
  /** Unix time in milliseconds, as a string. */
  source_time?: string;
  /** Given by the hub, from 1 for each consumer; a gap is a loss. */
  seq?: number;
  payload: JsonText;
}

/** Somebody leaves; from a hub with the reason why. */
export interface Bye {
  type: "bye";
  reason?: string;
}

/** A consumer asks whether it is the last for its key, and so reserves the key's cleanup. */
export interface PreShutdownCheck {
  type: "pre_shutdown_check";
  event_key?: string;
  subscription_id?: string;
}

/** The answer: true reserves the cleanup until the asker's connection ends. */
export interface PreShutdownAck {
  type: "pre_shutdown_ack";
  last_for_key: boolean;
}

/** Asks for the hub's state. */
export interface StatusQuery {
  type: "status_query";
}

/** One consumer in a hub's state. */
export interface ConsumerInfo {
  /** Its process; 0 where it gave none. */
  pid: number;
  /** The key of its hello. */
  event_key: string;
  /** Events put in its channel. */
  received: number;
  /** Events evicted from its channel. */
  dropped: number;
  /** The subscription of its hello. */
  subscription_id?: string;
  /** The types and patterns of its hello. */
  event_types?: string[];
  /** Events written to its socket. */
  delivered?: number;
  /** Events that wait in its channel. */
  queued?: number;
  /** The bytes of those. */
  queued_bytes?: number;
  /** Unix time in milliseconds. */
  connected_at?: number;
  /** Unix time in milliseconds of the last event that matched it. */
  last_event_at?: number;
  /** It has asked whether it is the last. */
  leaving?: boolean;
}

/** A consumer that has gone, as it last was. */
export interface ClosedConsumerInfo extends ConsumerInfo {
  /** Unix time in milliseconds. */
  closed_at: number;
  /** `bye`, `eof`, or a reason of the hub. */
  reason: string;
}

/** One event type in a hub's state. */
export interface TypeInfo {
  /** The type. */
  event_type: string;
  /** Events of it that were routed. */
  published: number;
  /** Unix time in milliseconds. */
  last_at: number;
  /** How many consumers it matches now. */
  consumers: number;
}

/** The state of one source, as in a `source_status`. */
export interface SourceInfo {
  /** The name of the source. */
  source: string;
  /** How it is. */
  state: SourceState;
  /** More about that, for people. */
  detail?: string;
}

/** A hub's state. */
export interface StatusResponse {
  /** Always `status_response`. */
  type: "status_response";
  /** The process of the hub. */
  pid: number;
  /** Whole seconds since its start. */
  uptime_sec: number;
  /** How many consumers are registered; exact where `consumers` is cut short. */
  active_conns: number;
  /** In order of registration. */
  consumers: ConsumerInfo[];
  /** New at each start of a hub. */
  hub_id?: string;
  /** The version of the hub's program. */
  hub_version?: string;
  /** What the hub can do beyond the contract's core. */
  capabilities?: string[];
  /** The path of its socket. */
  socket?: string;
  /** How its sources are. */
  sources?: SourceInfo[];
  /** The last 1,024 types seen, oldest use first; fewer where patterns make them long to match. */
  types?: TypeInfo[];
  /** The path of its catalogue. */
  config?: string;
  /** Events routed, without duplicates. */
  published?: number;
  /** Of them, those that no consumer had asked for. */
  unmatched?: number;
  /** Events dropped because their id was seen before. */
  duplicates?: number;
  /** Publishers' frames answered with an `error`. */
  refused?: number;
  /** Connections cut off whose socket the system still holds. */
  closing?: number;
  /** The last 100 consumers that are gone, oldest first. */
  closed?: ClosedConsumerInfo[];
  /** Bytes in all of its buffers. */
  buffered_bytes?: number;
  /** The bound of those. */
  buffered_limit?: number;
  /** What is wrong with the hub itself now, a sentence each. */
  warnings?: string[];
  /** Something was left out to stay within a frame. */
  truncated?: boolean;
}

/** Stops the hub. */
export interface Shutdown {
  type: "shutdown";
}

/** A source changed its state. */
export interface SourceStatus extends SourceInfo {
  type: "source_status";
}

/** A publisher asks whether all its events so far have been routed. */
export interface Flush {
  type: "flush";
  id: number;
}

/** They have. The counts are since the last flush on the connection. */
export interface FlushAck {
  type: "flush_ack";
  id: number;
  /** Events routed, without duplicates. */
  events: number;
  /** Of them, those that had at least one consumer. */
  matched: number;
  duplicates: number;
}

/** A consumer that was first has set the key up. */
export interface SetupDone {
  type: "setup_done";
}

/** The hub reads its catalogue anew. */
export interface Reload {
  type: "reload";
}

/** It has, or why all is as it was. */
export interface ReloadAck {
  type: "reload_ack";
  ok: boolean;
  message?: string;
}

/** Why the hub is about to close a connection. */
export interface ErrorMessage {
  /** Always `error`. */
  type: "error";
  /** Why, for programs. */
  code: string;
  /** Why, for people. */
  message: string;
}

/** Any message of the wire. */
export type Message =
  | Hello
  | HelloAck
  | Event
  | Bye
  | PreShutdownCheck
  | PreShutdownAck
  | StatusQuery
  | StatusResponse
  | Shutdown
  | SourceStatus
  | Flush
  | FlushAck
  | SetupDone
  | Reload
  | ReloadAck
  | ErrorMessage;

/** The `type` of a message. */
export type MessageType = Message["type"];

/** The fields of a message apart from its type. */
export type Fields<M extends Message> = Omit<M, "type">;

/** Makes a `hello`. */
export function hello(fields: Fields<Hello>): Hello {
  return { type: "hello", version: BUS_VERSION, ...fields };
}

/** Makes a `hello_ack` that accepts. */
export function helloAck(fields: Omit<HelloAck, "type" | "bus_version">): HelloAck {
  return { type: "hello_ack", bus_version: BUS_VERSION, ...fields };
}

/** Makes a `hello_ack` that rejects, with the sentence for people and the code for programs. */
export function rejection(code: RejectCode, reason: string): HelloAck {
  return helloAck({
    first_for_key: false,
    rejected: true,
    reject_reason: reason,
    reject_code: code,
  });
}

/** Makes an `event` of a payload's text. */
export function event(fields: Fields<Event>): Event {
  return { type: "event", ...fields };
}

/** Makes a `bye`. */
export function bye(reason?: string): Bye {
  return reason ? { type: "bye", reason } : { type: "bye" };
}

/** Makes a `pre_shutdown_check` for the group that a hello with these fields is in. */
export function preShutdownCheck(
  { event_key, subscription_id }: Fields<PreShutdownCheck>,
): PreShutdownCheck {
  return {
    type: "pre_shutdown_check",
    ...(event_key ? { event_key } : {}),
    ...(subscription_id ? { subscription_id } : {}),
  };
}

/** Makes a `pre_shutdown_ack`. */
export function preShutdownAck(lastForKey: boolean): PreShutdownAck {
  return { type: "pre_shutdown_ack", last_for_key: lastForKey };
}

/** Makes a `status_query`. */
export function statusQuery(): StatusQuery {
  return { type: "status_query" };
}

/** Makes a `status_response`. */
export function statusResponse(fields: Fields<StatusResponse>): StatusResponse {
  return { type: "status_response", ...fields };
}

/** Makes a `shutdown`. */
export function shutdown(): Shutdown {
  return { type: "shutdown" };
}

/** Makes a `source_status`. */
export function sourceStatus(info: SourceInfo): SourceStatus {
  return { type: "source_status", ...info };
}

/** Makes a `flush`. */
export function flush(id: number): Flush {
  return { type: "flush", id };
}

/** Makes a `flush_ack`. */
export function flushAck(fields: Fields<FlushAck>): FlushAck {
  return { type: "flush_ack", ...fields };
}

/** Makes a `setup_done`. */
export function setupDone(): SetupDone {
  return { type: "setup_done" };
}

/** Makes a `reload`. */
export function reload(): Reload {
  return { type: "reload" };
}

/** Makes a `reload_ack`; a message says why it is not done. */
export function reloadAck(ok: boolean, message?: string): ReloadAck {
  return message ? { type: "reload_ack", ok, message } : { type: "reload_ack", ok };
}

/** Makes an `error`. */
export function errorMessage(code: string, message: string): ErrorMessage {
  return { type: "error", code, message };
}
