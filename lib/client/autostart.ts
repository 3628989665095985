/**
 * Starting a hub by need.
 *
 * @module
 */

import { backoff } from "../platform/backoff.ts";
import { DetachedProcess, isStartedDetached } from "../platform/detached.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { busProgram } from "../platform/program.ts";
import { ensureDirectory } from "../platform/safety.ts";
import { systemReason } from "../platform/system_reason.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { HubConnection } from "./connection.ts";
import { orLate, pause, START_MS, TURN_MS } from "./deadline.ts";
import { HubStartError } from "./errors.ts";
import { takeStartTurn } from "./start_turn.ts";

/** How long a hub that was started by need stays without a consumer or publisher. */
const IDLE_TIMEOUT = "30s";

/** The pauses between two looks whether another process has started it, in milliseconds. */
const PAUSES = { shortest: 25, longest: 200 };

/** How to start a hub. */
export interface StartOptions {
  /** Ends the waiting; it then rejects with the signal's reason. A hub that was started stays. */
  signal?: AbortSignal | undefined;
  /** The words that run `bus`. */
  program?: readonly string[];
  /** Milliseconds until it must listen. */
  timeout?: number;
}

/**
 * Starts a hub in a process of its own and waits until it listens. Of any number of processes that
 * do so at once mostly one starts it, and all get to the same one: it goes on once there is a hub,
 * whoever started it.
 *
 * @returns a connection to it, or `busy` where somebody holds its lock
 * @throws {HubStartError} it did not come to listen
 * @throws {BusError} `unsafe_path` or `failed` where it has no place to listen
 */
export async function startHub(
  paths: HubPaths,
  options: StartOptions = {},
): Promise<Exclude<Attempt, "no_hub">> {
  if (isStartedDetached()) {
    // A program that is not `bus` but was run as such: it would start itself for ever.
    throw new HubStartError("this process was itself started to be a hub");
  }
  await ensureDirectory(paths);
  const end = performance.now() + TURN_MS;
  for (let count = 0;; count++) {
    options.signal?.throwIfAborted();
    using turn = await takeStartTurn(paths.directory);
    // Whoever had the turn before may have started it.
    const outcome = await attempt(paths);
    if (outcome !== "no_hub") return outcome;
    if (turn || performance.now() >= end) return await start(paths, options);
    await pause(backoff(count, PAUSES, Math.random()), options.signal);
  }
}

async function start(
  paths: HubPaths,
  { signal, program = busProgram(), timeout = START_MS }: StartOptions,
): Promise<Exclude<Attempt, "no_hub">> {
  const hub = spawn([...program, ...serveArguments(paths)]);
  const letGo = () => hub.letGo();
  signal?.addEventListener("abort", letGo);
  const end = performance.now() + timeout;
  try {
    for (;;) {
      signal?.throwIfAborted();
      await orLate(Math.max(0, end - performance.now()), hub.sign());
      signal?.throwIfAborted();
      const outcome = await attempt(paths);
      if (outcome instanceof HubConnection) return outcome;
      // It may have lost against another one, which will listen.
      if (hub.isOver && outcome === "busy") return outcome;
      if (hub.isOver) throw new HubStartError(reasonIn(hub.said));
      if (performance.now() >= end) throw notListening(hub.pid, paths, timeout);
    }
  } finally {
    signal?.removeEventListener("abort", letGo);
    letGo();
  }
}

function spawn(command: readonly string[]): DetachedProcess {
  try {
    return new DetachedProcess(command);
  } catch (error) {
    throw new HubStartError(systemReason(error));
  }
}

function serveArguments({ name, socket, log, config }: HubPaths): string[] {
  const path = socket.startsWith("/") ? socket : `${Deno.cwd()}/${socket}`;
  // Beside $BUS_SOCKET there can be no --name; the path means the same hub.
  const isByPath = name === undefined || Deno.env.get("BUS_SOCKET");
  const which = isByPath ? [`--socket=${path}`] : [`--name=${name}`];
  const by = config === undefined ? [] : [`--config=${config}`];
  return ["serve", ...which, `--idle-timeout=${IDLE_TIMEOUT}`, `--log=${log}`, ...by];
}

/** What a program said of its failure before it ended; else the last that it said. */
function reasonIn(said: string): string {
  const lines = said.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const reason = lines.findLast((line) => line.startsWith("error: ")) ?? lines.at(-1);
  return reason?.replace(/^error: /, "") ?? "it ended without a word";
}

function notListening(pid: number, { log }: HubPaths, timeout: number): HubStartError {
  const reason = `its process (pid ${pid}) does not listen after ${timeout / 1000} s`;
  return new HubStartError(reason, `see its log: ${printable(log)}`);
}
