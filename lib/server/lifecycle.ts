/**
 * A hub as a process: from its lock to its end.
 *
 * @module
 */

import { descriptors } from "../platform/descriptors.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { checkGivenDirectory, ensureOwnDirectory } from "../platform/safety.ts";
import { BusError } from "../protocol/errors.ts";
import {
  DEFAULT_CHANNEL_BYTES,
  DEFAULT_CHANNEL_EVENTS,
  DEFAULT_MEMORY_BYTES,
  MAX_CONNECTIONS,
  RESERVE_CONNECTIONS,
  SPARE_DESCRIPTORS,
} from "./limits.ts";
import { Listener } from "./listener.ts";
import { takeLock } from "./lock.ts";
import { lineWriter, Log } from "./log.ts";
import { Server } from "./server.ts";

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
  /** Called when consumers and publishers can connect. */
  readonly onListening?: (socket: string) => void;
  /** Stops the hub, as a signal would. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a hub until it is stopped: by a `shutdown`, SIGINT, SIGTERM, or, where stderr is a terminal,
 * SIGHUP. When it resolves every connection is closed, the socket removed and the lock free; a write
 * that the system still holds may keep the process, so that a program should then exit.
 *
 * @throws {BusError} `hub_running` where another hub has the lock, `unsafe_path` where a file or
 * directory is not what it must be, `failed` where the system refuses
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { paths } = options;
  if (paths.ownDirectory) await ensureOwnDirectory(paths.directory);
  else await checkGivenDirectory(paths.directory);
  const lock = await takeLock(paths.lock);
  if (lock === "held") {
    const reason = `another hub is running on ${printable(paths.socket)}`;
    throw new BusError("hub_running", reason, "see it with: bus status");
  }
  try {
    const listener = Listener.bind(paths);
    const server = new Server({
      socket: paths.socket,
      channel: {
        events: options.channelEvents ?? DEFAULT_CHANNEL_EVENTS,
        bytes: options.channelBytes ?? DEFAULT_CHANNEL_BYTES,
      },
      memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
      maxConnections: connectionLimit(),
      capabilities: options.capabilities ?? [],
      log: new Log(lineWriter(Deno.stderr)),
    });
    const accepting = server.serve(listener);
    const signalled = Promise.withResolvers<void>();
    const forget = onStopSignal(signalled.resolve);
    options.onListening?.(paths.socket);
    await Promise.race([server.stopAsked, signalled.promise, aborted(options.signal)]);
    await server.stop();
    await accepting;
    forget();
  } finally {
    lock.release();
  }
}

/** Connections that the descriptors of this process allow. */
function connectionLimit(): number {
  const { limit, open } = descriptors() ?? { limit: Infinity, open: 0 };
  const allowed = limit - open - SPARE_DESCRIPTORS - RESERVE_CONNECTIONS;
  return Math.max(1, Math.min(MAX_CONNECTIONS, allowed));
}

/** Calls back at each signal that stops a hub. Returns how to end that. */
function onStopSignal(callback: () => void): () => void {
  // Without a terminal a hub outlives the session that it was started in.
  const onHangup = Deno.stderr.isTerminal() ? callback : () => {};
  const listeners = [["SIGINT", callback], ["SIGTERM", callback], ["SIGHUP", onHangup]] as const;
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
}

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) resolve();
  else signal?.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
