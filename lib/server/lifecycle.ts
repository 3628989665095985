/**
 * A hub as a process: from its lock to its end.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type CataloguePlace, cataloguePlace, findCatalogue } from "../catalogue/find_catalogue.ts";
import { orAborted } from "../platform/aborted.ts";
import { descriptors, raiseDescriptorLimit } from "../platform/descriptors.ts";
import { hubCommand } from "../platform/hub_command.ts";
import { type HubPaths, stateDirectory } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { checkGivenDirectory, ensureDirectory, ensureOwnDirectory } from "../platform/safety.ts";
import { lookBy } from "../platform/turn.ts";
import { BusError } from "../protocol/errors.ts";
import type { SourceSettings } from "../source/kinds.ts";
import { hasInheritedSocket, openInherited } from "./activation.ts";
import {
  connectionLimit,
  DEFAULT_CHANNEL_BYTES,
  DEFAULT_CHANNEL_EVENTS,
  DEFAULT_MEMORY_BYTES,
  FEW_CONNECTIONS,
  WANTED_DESCRIPTORS,
} from "./limits.ts";
import { Listener } from "./listener.ts";
import { type HubLock, takeLock } from "./lock.ts";
import { keptBy } from "./keeping.ts";
import { LineWriter } from "./line_writer.ts";
import { Log } from "./log.ts";
import { LogFile } from "./log_file.ts";
import { type Notice, notify } from "./notify.ts";
import { askAnotherThread, OwnConnection } from "./own_connection.ts";
import { Server } from "./server.ts";
import { Upkeep } from "./upkeep.ts";
import { upstreamOf } from "./upstream.ts";
import { SYSTEM_CLOCKS } from "../platform/clocks.ts";
import { within } from "../platform/within.ts";

/** Milliseconds between two trials of a log that could not be written. */
const LOG_RETRY_MS = 2_000;

/** How to run a hub, and its catalogue as it is at first. */
interface LoadedOptions extends ServeOptions {
  readonly place: CataloguePlace;
  readonly catalogue: Catalogue | undefined;
}

/** What a hub has before it listens. */
interface Premises {
  readonly options: LoadedOptions;
  readonly lock: HubLock;
  readonly log: Log;
  /** What the log is written by. */
  readonly lines: LineWriter;
  /** What is to be done at a SIGHUP, once there is something. */
  readonly hangup: { reload: () => void };
}

/** Milliseconds that the last lines of the log have to be written. */
const LAST_LINES_MS = 500;

/** How to run a hub. */
export interface ServeOptions {
  /** Where its socket and lock lie. */
  readonly paths: HubPaths;
  /** Events that wait for one consumer at most. */
  readonly channelEvents?: number;
  /** Bytes that wait for one consumer at most. */
  readonly channelBytes?: number;
  /** Bytes in all buffers together. */
  readonly memoryBytes?: number;
  /** Capabilities to claim beyond the hub's own: only an operator knows what the sources fill in. */
  readonly capabilities?: readonly string[];
  /** Milliseconds without a consumer or publisher after which the hub stops; never if 0. */
  readonly idleTimeout?: number;
  /** The path of its catalogue; else the one beside its name is taken, if it is there. */
  readonly config?: string | undefined;
  /** Sources that it holds beside those of its catalogue. */
  readonly sources?: readonly SourceSettings[];
  /** The path of its log, which is rotated; stderr if absent. */
  readonly logFile?: string | undefined;
  /** Called when consumers and publishers can connect. */
  readonly onListening?: (socket: string) => void;
  /** Stops the hub, as a signal would. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a hub until it is stopped: by a `shutdown`, SIGINT, SIGTERM, where stderr is a terminal by
 * SIGHUP, or because nobody has needed it for its idle timeout. When it resolves every connection is
 * closed, the socket removed and the lock free; a write that the system still holds may keep the
 * process, so that a program should then exit.
 *
 * A socket that is handed on (`LISTEN_FDS`) is served in the place of one of its own, and left to
 * who made it. A service manager (`$NOTIFY_SOCKET`) is told when the hub is ready and when it stops.
 *
 * @throws {BusError} `hub_running` where another hub has the lock, `unsafe_path` where a file or
 * directory is not what it must be, `failed` where the system refuses
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { paths } = options;
  const place = cataloguePlace(options.config, paths);
  const catalogue = await findCatalogue(place);
  await ensureDirectory(paths);
  const logFile = options.logFile === undefined ? undefined : await openLog(options.logFile);
  try {
    const lock = await takeLock(paths.lock);
    if (lock === "held") {
      const reason = `another hub is running on ${printable(paths.socket)}`;
      throw new BusError("hub_running", reason, `see it with: ${hubCommand("status", paths)}`);
    }
    try {
      await serveLocked({ ...options, place, catalogue }, lock, logFile);
    } finally {
      lock.release();
    }
  } finally {
    logFile?.close();
  }
}

async function serveLocked(
  options: LoadedOptions,
  lock: HubLock,
  logFile: LogFile | undefined,
): Promise<void> {
  const lines = new LineWriter(logFile ?? Deno.stderr, (text) => log.format(text));
  const log = new Log((line) => lines.write(line));
  const retrying = setInterval(() => lines.retry(), LOG_RETRY_MS);
  const { promise: over, resolve: stop } = Promise.withResolvers<void>();
  // Before there is a socket: a signal may come from whoever sees it.
  const hangup = { reload: () => {} };
  const forgetSignals = onSignals(stop, () => {
    hangup.reload();
    if (logFile === undefined) return;
    logFile.reopen();
    // The line makes the new file, so that the old one is let go now and not at the next event.
    log.line("the log was opened anew");
  });
  try {
    const stopped = options.signal ? orAborted(over, options.signal) : over;
    await serveUntil(stopped, { options, lock, log, lines, hangup });
    await within(SYSTEM_CLOCKS, LAST_LINES_MS, lines.written());
  } finally {
    clearInterval(retrying);
    forgetSignals();
    // Whoever lives longer keeps nothing of this hub.
    stop();
  }
}

/** Serves, and takes turns that let nobody wait at the door. */
async function serveUntil(stopped: Promise<void>, premises: Premises): Promise<void> {
  const own = await OwnConnection.open(premises.options.paths).catch(() => undefined);
  const endLooks = lookBy(own ? () => own.look() : askAnotherThread);
  try {
    await serveDoor(stopped, premises);
  } finally {
    endLooks();
    own?.close();
  }
}

/** Serves until something happens, or somebody asks the hub to stop, or nobody needs it. */
async function serveDoor(stopped: Promise<void>, premises: Premises): Promise<void> {
  const { options, lock, log, lines, hangup } = premises;
  const { paths, logFile } = options;
  const isInherited = hasInheritedSocket(Deno.env, Deno.pid);
  const listener = isInherited ? openInherited() : await Listener.bind(paths);
  raiseDescriptorLimit(WANTED_DESCRIPTORS);
  const room = connectionLimit(descriptors());
  const upkeep = new Upkeep(keptBy(paths, lock, listener), log, () => performance.now());
  const standing = fewConnections(room);
  const server = new Server({
    socket: paths.socket,
    channel: {
      events: options.channelEvents ?? DEFAULT_CHANNEL_EVENTS,
      bytes: options.channelBytes ?? DEFAULT_CHANNEL_BYTES,
    },
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    maxConnections: room,
    capabilities: options.capabilities ?? [],
    idleTimeout: options.idleTimeout ?? 0,
    log,
    warnings: () => [...standing, ...upkeep.faults, ...(lines.fault ? [lines.fault] : [])],
  });
  const upstream = upstreamOf(server, options.place, options.sources ?? []);
  server.upstream = upstream;
  hangup.reload = () => void upstream.reload();
  const endUpkeep = upkeep.start();
  const begun = upstream.begin(options.catalogue);
  const accepting = server.serve(listener);
  try {
    await begun;
    if (logFile !== undefined) log.line(`listening on ${paths.socket} (pid ${Deno.pid})`);
    for (const warning of standing) log.line(warning);
    await tellManager("READY=1", paths, log);
    options.onListening?.(paths.socket);
    await Promise.race([server.stopAsked, stopped]);
  } finally {
    endUpkeep();
    // The door closes first: who came in while the manager is told would be served and then stopped.
    const over = Promise.all([server.stop(), upstream.stop()]);
    await tellManager("STOPPING=1", paths, log);
    await over;
    await accepting;
    log.settle(0);
  }
  if (logFile !== undefined) log.line("stopped");
}

/** Opens a log, and refuses one that is not the user's; one that cannot be written stops no hub. */
async function openLog(path: string): Promise<LogFile> {
  const directory = dirname(path);
  if (directory === stateDirectory()) await ensureOwnDirectory(directory);
  else await checkGivenDirectory(directory);
  const file = new LogFile(path);
  try {
    await file.open();
  } catch (error) {
    if (error instanceof BusError) throw error;
  }
  return file;
}

/** What must be said of a hub that has room for few connections. */
function fewConnections(room: number): string[] {
  if (room >= FEW_CONNECTIONS) return [];
  return [
    `the limit of descriptors leaves room for ${room} connections ` +
    "(raise it before the hub starts: ulimit -n)",
  ];
}

async function tellManager(notice: Notice, { directory }: HubPaths, log: Log): Promise<void> {
  const failure = await notify(notice, Deno.env.get("NOTIFY_SOCKET"), directory);
  if (failure) log.line(failure);
}

/** Calls back at each signal that a hub heeds. Returns how to end that. */
function onSignals(stop: () => void, reload: () => void): () => void {
  // Without a terminal a hub outlives the session that it was started in.
  const onHangup = Deno.stderr.isTerminal() ? stop : reload;
  const listeners = [["SIGINT", stop], ["SIGTERM", stop], ["SIGHUP", onHangup]] as const;
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
}
