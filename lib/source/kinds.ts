/**
 * The kinds of sources there are. What each can is in the file of its name.
 *
 * @module
 */

import { parseDuration } from "../platform/units.ts";
import type { ExecSettings } from "./exec.ts";
import type { HttpSettings } from "./http.ts";
import type { NatsSettings } from "./nats.ts";
import type { Source, SourceContext } from "./source.ts";
import type { SseSettings } from "./sse.ts";
import type { StdinSettings } from "./stdin.ts";
import type { TailSettings } from "./tail.ts";
import type { TimerSettings } from "./timer.ts";
import type { WatchSettings } from "./watch.ts";
import type { WebsocketSettings } from "./websocket.ts";

/** The settings of a source, of whatever kind. */
export type SourceSettings =
  | ExecSettings
  | HttpSettings
  | NatsSettings
  | SseSettings
  | StdinSettings
  | TailSettings
  | TimerSettings
  | WatchSettings
  | WebsocketSettings;

/** The name of a kind. */
export type KindName = SourceSettings["kind"];

/** What must be known of a kind before it is loaded. */
interface Kind<Settings> {
  /** What its templates may ask for, beside `body`. */
  readonly scopes: readonly string[];
  /** The settings that are paths, or lists of them: `tls.ca` is `ca` in `tls`. */
  readonly paths?: readonly string[];
  /** Whether it refuses what is over its rate; else it waits. */
  readonly sheds?: true;
  /** How it is written on a command line, for people; it is not, if absent. */
  readonly briefly?: string;
  /** Reads its settings from what stands behind `KIND:` there. */
  brief?(words: string): Settings | undefined;
  /** Looks for what its settings say that cannot be, and throws a `BusError` that says it. */
  check?(settings: Settings): Promise<void>;
  /** Makes one; what it needs beforehand it gets, or throws a `BusError` that says what is missing. */
  open(settings: Settings, context: SourceContext): Promise<Source>;
}

/**
 * Most are loaded together, once there is a source: alone each would be a dozen small pieces of the
 * program. Those that come with much are loaded by themselves.
 */
function openers() {
  return import("./openers.ts");
}

/** All kinds, by their names. */
export const KINDS: { readonly [K in KindName]: Kind<Extract<SourceSettings, { kind: K }>> } = {
  exec: {
    scopes: [],
    paths: ["directory"],
    briefly: "exec:COMMAND",
    brief: (command) => command === "" ? undefined : { kind: "exec", command },
    open: async (settings, context) => (await openers()).openExec(settings, context),
  },
  http: {
    scopes: ["header", "query", "path"],
    sheds: true,
    briefly: "http:[HOST:]PORT",
    brief: (words) => {
      const match = /^(?:(.+):)?(\d{1,5})$/.exec(words);
      const port = Number(match?.[2]);
      if (!match || port > 65_535) return undefined;
      return {
        kind: "http",
        port,
        ...(match[1] ? { host: match[1].replace(/^\[|\]$/g, "") } : {}),
      };
    },
    check: async (settings) => (await openers()).checkHttp(settings),
    open: async (settings, context) => (await openers()).openHttp(settings, context),
  },
  websocket: {
    scopes: [],
    briefly: "websocket:URL",
    brief: (url) => /^wss?:\/\//.test(url) ? { kind: "websocket", url } : undefined,
    check: async (settings) => (await import("./websocket.ts")).checkWebsocket(settings),
    open: async (settings, context) =>
      (await import("./websocket.ts")).openWebsocket(settings, context),
  },
  sse: {
    scopes: ["event", "last_id"],
    briefly: "sse:URL",
    brief: (url) => /^https?:\/\//.test(url) ? { kind: "sse", url } : undefined,
    check: async (settings) => (await openers()).checkSse(settings),
    open: async (settings, context) => (await openers()).openSse(settings, context),
  },
  stdin: {
    scopes: [],
    open: async (settings, context) => (await openers()).openStdin(settings, context),
  },
  watch: {
    scopes: ["path", "name", "change"],
    paths: ["paths"],
    briefly: "watch:PATH",
    brief: (path) => path === "" ? undefined : { kind: "watch", paths: [path] },
    open: async (settings, context) => (await openers()).openWatch(settings, context),
  },
  tail: {
    scopes: ["path", "name"],
    paths: ["path"],
    briefly: "tail:PATH",
    brief: (path) => path === "" ? undefined : { kind: "tail", path, format: "text" },
    open: async (settings, context) => (await openers()).openTail(settings, context),
  },
  timer: {
    scopes: ["time"],
    briefly: "timer:TIME",
    brief: (every) => parseDuration(every) === undefined ? undefined : { kind: "timer", every },
    check: async (settings) => (await openers()).checkTimer(settings),
    open: async (settings, context) => (await openers()).openTimer(settings, context),
  },
  nats: {
    scopes: ["subject", "header"],
    paths: ["credentials", "tls.ca", "tls.cert", "tls.key"],
    briefly: "nats:HOST:PORT/SUBJECT",
    brief: (words) => {
      const match = /^(?:nats:\/\/)?([^/\s]+)\/([^/\s]+)$/.exec(words);
      const [, server, subject] = match ?? [];
      if (server === undefined || subject === undefined) return undefined;
      return { kind: "nats", servers: [server], subjects: [subject] };
    },
    check: async (settings) => (await import("./nats.ts")).checkNats(settings),
    open: async (settings, context) => (await import("./nats.ts")).openNats(settings, context),
  },
};

/**
 * Looks for what settings say that cannot be. What else is needed, such as secrets, need not be there.
 *
 * @throws {BusError} `bad_input`: something contradicts itself, or means nothing
 */
export async function checkSource<K extends KindName>(
  settings: Extract<SourceSettings, { kind: K }>,
): Promise<void> {
  const kind: Kind<Extract<SourceSettings, { kind: K }>> = KINDS[settings.kind as K];
  await kind.check?.(settings);
}

/** Reads a source from `KIND:ARGS`; nothing where it is none. */
export function briefSource(text: string): SourceSettings | undefined {
  const [, kind = "", words = ""] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  return isKind(kind) ? KINDS[kind].brief?.(words) : undefined;
}

function isKind(name: string): name is KindName {
  return Object.hasOwn(KINDS, name);
}
