/**
 * One attempt to connect to a hub.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { type FileMark, fileMark, isSameMark, lookForSocket } from "../platform/safety.ts";
import { cannot } from "../platform/system_reason.ts";
import type { BusError } from "../protocol/errors.ts";
import { HubConnection } from "./connection.ts";
import { hubPid } from "./hub_lock.ts";

/**
 * What came of it: a connection; `busy` where there is a hub that takes none right now, or holds its
 * lock without listening; or `no_hub`.
 */
export type Attempt = HubConnection | "busy" | "no_hub";

/**
 * Tries to connect once. Nothing is written to a socket that others could have put there.
 *
 * @param dial connects to the socket at a path
 * @throws {BusError} `unsafe_path`, or `failed` where the system refuses
 */
export async function attempt(paths: HubPaths, dial = dialSocket): Promise<Attempt> {
  if (await lookForSocket(paths) === "ours") {
    const mark = await fileMark(paths.socket);
    const dialled = await tryToDial(paths, dial);
    if (dialled === "busy") return "busy";
    if (dialled !== "nobody") {
      const isOurs = await isStillOurs(paths.socket, mark);
      if (isOurs) return new HubConnection(dialled, paths);
      dialled.close();
    }
  }
  // Nobody listens, but who holds the lock is about to, or has just ceased to.
  return await hubPid(paths) === undefined ? "no_hub" : "busy";
}

async function tryToDial(
  paths: HubPaths,
  dial: typeof dialSocket,
): Promise<Deno.UnixConn | "busy" | "nobody"> {
  try {
    return await dial(paths.socket);
  } catch (error) {
    // A unix socket whose queue is full refuses at once.
    if (error instanceof Deno.errors.WouldBlock) return "busy";
    if (isNobodyThere(error)) return "nobody";
    throw cannotConnect(paths, error);
  }
}

/**
 * In a directory where others may make files the socket that was looked at can have gone, and theirs
 * have come, before the connection was made: then not a word may be said.
 */
async function isStillOurs(path: string, mark: FileMark | undefined): Promise<boolean> {
  const now = await fileMark(path);
  return now?.uid === Deno.uid() && isSameMark(mark, now);
}

async function dialSocket(path: string): Promise<Deno.UnixConn> {
  return await Deno.connect({ transport: "unix", path });
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.ConnectionRefused ||
    // A listener that closes resets those it has not accepted yet.
    error instanceof Deno.errors.ConnectionReset;
}

function cannotConnect({ socket }: HubPaths, error: unknown): BusError {
  return cannot("connect to", socket, error);
}
