/**
 * Getting to a hub.
 *
 * @module
 */

import { backoff } from "../platform/backoff.ts";
import type { HubPaths } from "../platform/paths.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { HubConnection } from "./connection.ts";
import { CONNECT_MS, pause, START_MS } from "./deadline.ts";
import { HubGoneError, HubSilentError, NoHubError } from "./errors.ts";
import { hubPid } from "./hub_lock.ts";

/** The pauses between two attempts, in milliseconds. */
const PAUSES = { shortest: 3, longest: 100 };

/** How to connect. */
export interface ConnectOptions {
  /** Ends the attempt; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Starts a hub where there is none; without it that is an error. */
  startHub?: StartHub | undefined;
  /** Milliseconds that a busy hub is tried again, and the next one after a hub that leaves. */
  patience?: number;
}

/**
 * Sees to it that there is a hub, whoever starts it.
 *
 * @returns a connection, or `busy` where somebody holds its lock
 */
export type StartHub = (
  paths: HubPaths,
  options: { signal?: AbortSignal | undefined },
) => Promise<Exclude<Attempt, "no_hub">>;

/**
 * Connects to a hub. One that is busy, or holds its lock without listening yet, is tried again for a
 * while.
 *
 * @throws {NoHubError} nobody listens there
 * @throws {HubSilentError} somebody does, but takes no connection
 * @throws {HubStartError} there is none, and none could be started
 * @throws {BusError} `unsafe_path`, or `failed` where the system refuses
 */
export async function connect(
  paths: HubPaths,
  { signal, startHub, patience = CONNECT_MS }: ConnectOptions = {},
): Promise<HubConnection> {
  const lastStart = performance.now() + START_MS;
  let end = performance.now() + patience;
  for (let count = 0;; count++) {
    signal?.throwIfAborted();
    let outcome = await attempt(paths);
    if (outcome === "no_hub") {
      // A hub that comes and goes again and again is none.
      if (!startHub || performance.now() >= lastStart) throw new NoHubError(paths);
      outcome = await startHub(paths, { signal });
      end = performance.now() + patience;
    }
    if (outcome !== "busy") return outcome;
    if (performance.now() >= end) throw new HubSilentError(paths, await hubPid(paths));
    // Many may wait for the same hub: spread out, or they all come back at once.
    await pause(backoff(count, PAUSES, Math.random()), signal);
  }
}

/**
 * Connects and says the first words. A hub that leaves before it has answered them has done nothing
 * with them: they are said to the next one.
 *
 * @param firstWords closes the connection where it rejects; it rejects with a
 * {@linkcode HubGoneError} only while no answer has come
 * @throws as {@linkcode connect} and the first words do
 */
export async function greet<T>(
  paths: HubPaths,
  options: ConnectOptions,
  firstWords: (connection: HubConnection) => Promise<T>,
): Promise<T> {
  let end: number | undefined;
  for (;;) {
    const connection = await connect(paths, options);
    try {
      return await firstWords(connection);
    } catch (error) {
      if (!(error instanceof HubGoneError)) throw error;
      // Whoever closes without an answer every time is no hub that leaves.
      end ??= performance.now() + (options.patience ?? CONNECT_MS);
      if (performance.now() >= end) throw error;
    }
    await pause(PAUSES.longest * Math.random(), options.signal);
  }
}
