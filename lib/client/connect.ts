/**
 * Finding a hub and connecting to it.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { lookForSocket } from "../platform/safety.ts";
import { BusError } from "../protocol/errors.ts";
import { HubConnection } from "./connection.ts";
import { CONNECT_MS, pause } from "./deadline.ts";
import { HubSilentError, NoHubError } from "./errors.ts";
import { hubPid } from "./hub_lock.ts";

/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE_MS = 100;

/** How to connect. */
export interface ConnectOptions {
  /** Ends the attempt; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that a busy hub is tried again. */
  patience?: number;
}

/**
 * Connects to a hub. Nothing is written to a socket that others could have put there. A hub that is
 * busy, or holds its lock without listening yet, is tried again for a while.
 *
 * @throws {NoHubError} nobody listens there
 * @throws {HubSilentError} somebody does, but takes no connection
 * @throws {BusError} `unsafe_path`, or `failed` where the system refuses
 */
export async function connect(
  paths: HubPaths,
  { signal, patience = CONNECT_MS }: ConnectOptions = {},
): Promise<HubConnection> {
  const end = performance.now() + patience;
  for (let longest = 5;; longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const outcome = await attempt(paths);
    if (outcome === "no_hub") throw new NoHubError(paths);
    if (outcome !== "busy") return outcome;
    if (performance.now() >= end) throw new HubSilentError(paths, await hubPid(paths));
    // Many may wait for the same hub: spread out, or they all come back at once.
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
}

async function attempt(paths: HubPaths): Promise<HubConnection | "busy" | "no_hub"> {
  if (await lookForSocket(paths) === "ours") {
    try {
      const connection = await Deno.connect({ transport: "unix", path: paths.socket });
      return new HubConnection(connection, paths);
    } catch (error) {
      // A unix socket whose queue is full refuses at once.
      if (error instanceof Deno.errors.WouldBlock) return "busy";
      if (!isNobodyThere(error)) throw cannotConnect(paths, error);
    }
  }
  // Nobody listens, but who holds the lock is about to, or has just ceased to.
  return await hubPid(paths) === undefined ? "no_hub" : "busy";
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused;
}

function cannotConnect({ socket }: HubPaths, error: unknown): BusError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BusError("failed", `cannot connect to ${printable(socket)}: ${printable(reason)}`);
}
