/**
 * What may stand on the line of each command: its arguments and flags.
 *
 * @module
 */

import { formatSize } from "../platform/units.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import {
  DEFAULT_CHANNEL_BYTES,
  DEFAULT_CHANNEL_EVENTS,
  DEFAULT_MEMORY_BYTES,
} from "../server/limits.ts";
import type { Flags } from "./command.ts";
import {
  called,
  choice,
  COUNT,
  DURATION,
  DURATION_OR_NEVER,
  MOMENT,
  NAME_VALUE,
  NAMES,
  size,
  SOURCE,
  TEXT,
  WORD,
} from "./values.ts";

/** The flags that every command has. */
export const COMMON_FLAGS = {
  socket: {
    kind: called("PATH", WORD),
    description: "the hub's socket; else $BUS_SOCKET",
  },
  name: {
    kind: called("NAME", WORD),
    description: 'the hub\'s name; else $BUS_NAME, else "default"',
  },
  help: { kind: "switch", short: "h", description: "show help" },
  version: { kind: "switch", short: "V", description: "show the version" },
} as const satisfies Flags;

/** So that one that keeps up loses nothing, half of a channel must have room for the longest frame. */
const LEAST_CHANNEL_BYTES = 2 * MAX_FRAME_BYTES;

/** Half of it must have room for a few of the longest frames that wait, the other for those being written. */
const LEAST_MEMORY = 16 * MAX_FRAME_BYTES;

/** The flags of `bus serve`. */
export const SERVE_FLAGS = {
  "channel-events": {
    kind: COUNT,
    description: "events that may wait for one consumer",
    default: DEFAULT_CHANNEL_EVENTS,
    defaultText: String(DEFAULT_CHANNEL_EVENTS),
  },
  "channel-bytes": {
    kind: size(LEAST_CHANNEL_BYTES),
    description: "bytes that may wait for one consumer",
    default: DEFAULT_CHANNEL_BYTES,
    defaultText: formatSize(DEFAULT_CHANNEL_BYTES),
  },
  memory: {
    kind: size(LEAST_MEMORY),
    description: "bytes in all buffers together",
    default: DEFAULT_MEMORY_BYTES,
    defaultText: formatSize(DEFAULT_MEMORY_BYTES),
  },
  capability: {
    kind: NAMES,
    description: "capabilities to claim beyond the hub's own",
  },
  "idle-timeout": {
    kind: DURATION_OR_NEVER,
    description: "stop when nobody needed it for so long",
    default: 0,
    defaultText: "0",
  },
  config: {
    kind: called("FILE", WORD),
    description: "the catalogue; else that of the hub's name, if any",
  },
  source: {
    kind: SOURCE,
    description: "a source that the hub holds; may be given more than once",
    repeated: true,
  },
  log: {
    kind: called("PATH", WORD),
    description: "log to this file, rotated, and not to stderr",
  },
} as const satisfies Flags;

/** The arguments of `bus serve`. */
export const SERVE_ARGUMENTS = {
  input: {
    kind: called("-", choice("-")),
    description: "stdin has one whole event a line, type and id included",
  },
} as const;

/** The flag of those who read the catalogue. */
const CONFIG = {
  kind: called("FILE", WORD),
  description: "the catalogue; else that of the hub's name",
} as const;

/** The flags of `bus list`. */
export const LIST_FLAGS = {
  config: CONFIG,
  json: { kind: "switch", description: "the keys as JSON" },
} as const satisfies Flags;

/** The arguments of `bus schema`. */
export const SCHEMA_ARGUMENTS = {
  key: { kind: called("KEY", NAME_VALUE), description: "the event key", required: true },
} as const;

/** The flags of `bus schema`. */
export const SCHEMA_FLAGS = { config: CONFIG } as const satisfies Flags;

/** The arguments of `bus check`. */
export const CHECK_ARGUMENTS = {
  file: { kind: called("FILE", WORD), description: "the catalogue; else that of the hub's name" },
} as const;

/** The flags of `bus status`. */
export const STATUS_FLAGS = {
  json: { kind: "switch", description: "all that the hub says of itself, as JSON" },
  all: { kind: "switch", description: "every hub that goes by a name" },
  "fail-on-orphan": {
    kind: "switch",
    description: "with --all: end with 1 if one of them is an orphan",
  },
} as const satisfies Flags;

/** The flags of `bus stop`. */
export const STOP_FLAGS = {
  all: { kind: "switch", description: "every hub that goes by a name" },
  force: {
    kind: "switch",
    description: "end its process: by SIGTERM, by SIGKILL after 5 s",
  },
} as const satisfies Flags;

/** The flags of `bus doctor`. */
export const DOCTOR_FLAGS = {
  json: { kind: "switch", description: "the checks as JSON" },
} as const satisfies Flags;

/** The arguments of `bus service`. */
export const SERVICE_ARGUMENTS = {
  action: {
    kind: called("ACTION", choice("install", "uninstall", "show")),
    description: "write the units, remove what was written, or print it",
    required: true,
  },
} as const;

/** The flag of those who start a hub by need. */
const NO_START = {
  kind: "switch",
  description: "start no hub where there is none",
} as const;

/** The arguments of `bus consume`. */
export const CONSUME_ARGUMENTS = {
  key: {
    kind: called("KEY", NAME_VALUE),
    description: "the event key: who shares it shares set-up and cleanup",
    required: true,
  },
} as const;

/** The flags of `bus consume`. */
export const CONSUME_FLAGS = {
  types: {
    kind: NAMES,
    description: "event types, or the key's own; a.* any one token, a.> any rest",
  },
  config: CONFIG,
  "max-events": { kind: COUNT, description: "end after so many events" },
  timeout: {
    kind: DURATION,
    description: "end after this time since the start: 500ms, 30s, 5m, 1h",
  },
  payload: { kind: "switch", description: "print the payload alone" },
  setup: {
    kind: called("CMD", WORD),
    description: "the key's first consumer runs it before it is ready",
  },
  cleanup: {
    kind: called("CMD", WORD),
    description: "the key's last consumer runs it before it leaves",
  },
  "no-start": NO_START,
  "no-reconnect": { kind: "switch", description: "end when the hub goes away" },
} as const satisfies Flags;

/** The arguments of `bus publish`. */
export const PUBLISH_ARGUMENTS = {
  type: { kind: called("TYPE", TEXT), description: "the event type" },
  payload: {
    kind: called("JSON", TEXT),
    description: "the payload; - or none: one JSON text from stdin",
  },
} as const;

/** The flags of `bus publish`. */
export const PUBLISH_FLAGS = {
  text: { kind: TEXT, description: "the payload is this text, as a JSON string" },
  ndjson: { kind: "switch", description: "stdin has one payload a line" },
  events: { kind: "switch", description: "stdin has one whole event a line, type and id included" },
  id: { kind: called("ID", NAME_VALUE), description: "the event's id: seen again it is dropped" },
  time: { kind: MOMENT, description: "when it happened, in unix ms or as a date; else now" },
  "no-start": NO_START,
} as const satisfies Flags;
