/**
 * The table of all commands. Parsing, help and dispatch read it; the programs behind it are loaded
 * when they are run.
 *
 * @module
 */

import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import {
  DEFAULT_CHANNEL_BYTES,
  DEFAULT_CHANNEL_EVENTS,
  DEFAULT_MEMORY_BYTES,
} from "../server/limits.ts";
import { type Command, command, type Flags } from "./command.ts";
import {
  called,
  choice,
  COUNT,
  DURATION,
  DURATION_OR_NEVER,
  formatSize,
  MOMENT,
  NAME_VALUE,
  NAMES,
  size,
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
  log: {
    kind: called("PATH", WORD),
    description: "log to this file, rotated, and not to stderr",
  },
} as const satisfies Flags;

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
    description: "event types; in a.* any one token, in a.> any rest",
    required: true,
  },
  "max-events": { kind: COUNT, description: "end after so many events" },
  timeout: {
    kind: DURATION,
    description: "end after this time since the start: 500ms, 30s, 5m, 1h",
  },
  payload: { kind: "switch", description: "print the payload alone" },
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

/** All commands, in the order of help. */
export const COMMANDS: readonly Command[] = [
  command({
    name: "serve",
    summary: "run a hub",
    details: ["Runs until it is stopped by bus stop, Ctrl-C or SIGTERM."],
    usage: ["[FLAGS]"],
    arguments: {},
    flags: SERVE_FLAGS,
    needsHub: false,
    run: async (invocation) => (await import("./serve.ts")).run(invocation),
  }),
  command({
    name: "consume",
    summary: "print the events of some types as they come",
    details: [
      "stdout has one event a line, as JSON. stderr says when it is ready, what was",
      "lost, and at the end how many came, why it ended, and whether it was the last",
      "of its key. Without --max-events and --timeout a signal ends it.",
      "",
      "It starts a hub where there is none, and comes back to a hub that went away or",
      "to the next one; after bus stop it waits for one and starts none. What comes",
      "while it is away it misses.",
    ],
    usage: ["KEY --types A,B [FLAGS]"],
    arguments: CONSUME_ARGUMENTS,
    flags: CONSUME_FLAGS,
    needsHub: true,
    run: async (invocation) => (await import("./consume.ts")).run(invocation),
  }),
  command({
    name: "publish",
    summary: "publish one event, or one for each line of stdin",
    details: [
      "Ends when the hub has said that every event is routed. The text of a payload",
      "arrives as it is, token for token. It starts a hub where there is none; one",
      "that goes away ends it, for what was sent may have been routed.",
    ],
    usage: [
      "TYPE [JSON|-] [FLAGS]",
      "TYPE --text TEXT [FLAGS]",
      "TYPE --ndjson [-] [FLAGS]",
      "--events [-] [FLAGS]",
    ],
    arguments: PUBLISH_ARGUMENTS,
    flags: PUBLISH_FLAGS,
    needsHub: true,
    run: async (invocation) => (await import("./publish.ts")).run(invocation),
  }),
  command({
    name: "status",
    summary: "show the hub and its consumers, or every hub",
    details: [
      "With --all it shows the hubs in the user's runtime directory: running, not",
      "running (only files are left), or orphan (a process holds the lock and does not",
      "answer). Hubs on a path given with --socket are known to nobody.",
    ],
    usage: ["[FLAGS]", "--all [--json] [--fail-on-orphan]"],
    arguments: {},
    flags: STATUS_FLAGS,
    needsHub: true,
    run: async (invocation) => (await import("./status.ts")).run(invocation),
  }),
  command({
    name: "stop",
    summary: "stop the hub and wait until it has gone",
    details: ["Consumers that come back by themselves wait, and start no other one."],
    usage: ["[FLAGS]", "--all [--force]"],
    arguments: {},
    flags: STOP_FLAGS,
    needsHub: true,
    run: async (invocation) => (await import("./stop.ts")).run(invocation),
  }),
  command({
    name: "doctor",
    summary: "find out what is wrong, and what to do",
    details: [
      "Looks at the places of a hub's files, its lock and socket, the hub itself, the",
      "limits of the system and the log. Exit code 1 says that there is a problem.",
    ],
    usage: ["[FLAGS]"],
    arguments: {},
    flags: DOCTOR_FLAGS,
    needsHub: false,
    run: async (invocation) => (await import("./doctor.ts")).run(invocation),
  }),
  command({
    name: "service",
    summary: "let systemd hold the hub",
    details: [
      "systemd listens on the hub's socket, starts the hub when somebody connects, and",
      "starts it anew when it fails. The units are the user's own; what is to be other",
      "in them belongs into a drop-in (systemctl --user edit). Where the user has no",
      "session: loginctl enable-linger.",
    ],
    usage: ["install|uninstall|show [FLAGS]"],
    arguments: SERVICE_ARGUMENTS,
    flags: {},
    needsHub: false,
    run: async (invocation) => (await import("./service.ts")).run(invocation),
  }),
];
