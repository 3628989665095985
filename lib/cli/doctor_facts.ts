/**
 * What `bus doctor` finds out about a hub and its surroundings. What to think of it is said by
 * `doctor_verdicts.ts`.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { statusOf } from "../client/control.ts";
import { HubSilentError, NoHubError } from "../client/errors.ts";
import { hubPid, isLockFree } from "../client/hub_lock.ts";
import { type Descriptors, descriptors, raised } from "../platform/descriptors.ts";
import { type FreeSpace, freeSpace } from "../platform/free_space.ts";
import { type Mount, mountAt } from "../platform/mounts.ts";
import { type HubPaths, socketPathLimit } from "../platform/paths.ts";
import { type ProcessInfo, processInfo } from "../platform/process_info.ts";
import { checkGivenDirectory, checkOwnDirectory, checkSocketOwner } from "../platform/safety.ts";
import { tryToAppendTo, tryToWriteIn, type WriteRefusal } from "../platform/trial_write.ts";
import { BusError } from "../protocol/errors.ts";
import type { StatusResponse } from "../protocol/messages.ts";
import { WANTED_DESCRIPTORS } from "../server/limits.ts";

/** What was found. A fact that the system does not tell is absent. */
export interface DoctorFacts {
  readonly paths: HubPaths;
  /** Bytes that the path of a socket has at most. */
  readonly pathLimit: number;
  /** The directory of socket and lock. */
  readonly directory: DirectoryFacts;
  readonly lock: LockFacts;
  readonly socket: SocketFacts;
  readonly hub: HubAnswer;
  /** Of the hub that answers, else of one that this program would start. */
  readonly descriptors: Descriptors | undefined;
  readonly log: LogFacts;
}

/** Why `bus` does not use a file or directory, as it would say it itself. */
export interface Refused {
  readonly reason: string;
  readonly hint: string | undefined;
}

/** A directory of a hub's files. */
export interface DirectoryFacts {
  readonly path: string;
  /** Whether it is there, and safe from others. */
  readonly state: "absent" | "safe" | Refused;
  /** What came of writing there, where that is safe. */
  readonly trial: Trial | undefined;
  readonly mount: Mount | undefined;
}

/** What came of writing a file. */
export interface Trial {
  /** Where it was written: in the nearest directory that is there. */
  readonly directory: string;
  readonly refusal: WriteRefusal | undefined;
  readonly free: FreeSpace | undefined;
}

/** The file of a hub's lock. */
export interface LockFacts {
  readonly state: "absent" | "file" | "link" | "no file" | "foreign";
  /** Its permission bits. */
  readonly mode: number;
  /** Who holds it; `unseen` is somebody of whom the system tells no more. */
  readonly holder: ProcessInfo | "unseen" | undefined;
}

/** The socket of a hub. */
export interface SocketFacts {
  readonly state: "absent" | "ours" | Refused;
  /** Its permission bits. */
  readonly mode: number;
}

/** What came of asking for a hub's state. */
export type HubAnswer =
  | { readonly kind: "none" | "silent" }
  | { readonly kind: "answer"; readonly status: StatusResponse; readonly milliseconds: number }
  | { readonly kind: "failure"; readonly reason: string }
  /** Its directory or socket may be that of others, or its path is longer than any hub's. */
  | { readonly kind: "not asked" };

/** Where the log of a hub that was started by need lies. */
export interface LogFacts {
  readonly path: string;
  readonly directory: DirectoryFacts;
  readonly file: "absent" | "ours" | "not ours";
  /** Why nothing can be written to the file that is there. */
  readonly refusal: WriteRefusal | undefined;
}

/** Finds out all. A hub that does not answer takes it a few seconds; nothing is left behind. */
export async function findFacts(paths: HubPaths): Promise<DoctorFacts> {
  const pathLimit = socketPathLimit(Deno.build.os);
  const directory = await lookAtDirectory(paths.directory, paths.ownDirectory);
  // Asked first: where a service manager holds the socket, that starts the hub.
  const hub = await ask(paths, pathLimit);
  return {
    paths,
    pathLimit,
    directory,
    hub,
    lock: await lookAtLock(paths),
    socket: await lookAtSocket(paths.socket),
    descriptors: hubDescriptors(hub),
    log: await lookAtLog(paths.log),
  };
}

async function lookAtDirectory(path: string, isPrivate: boolean): Promise<DirectoryFacts> {
  const near = await nearestThere(path);
  const mount = await mountAt(near);
  const state = await refusedOr(async () => {
    if (isPrivate) return await checkOwnDirectory(path) === "ours" ? "safe" : "absent";
    await checkGivenDirectory(path);
    return "safe";
  });
  // What is not ours is not written to.
  const trial = typeof state === "object" ? undefined : {
    directory: near,
    refusal: await tryToWriteIn(near),
    free: await freeSpace(near),
  };
  return { path, state, trial, mount };
}

/** The path, or the nearest one above it that is there. */
async function nearestThere(path: string): Promise<string> {
  for (let near = path;; near = dirname(near)) {
    if (near === "/" || near === "." || await infoOf(near) !== undefined) return near;
  }
}

async function ask(paths: HubPaths, pathLimit: number): Promise<HubAnswer> {
  if (new TextEncoder().encode(paths.socket).length > pathLimit) return { kind: "not asked" };
  const start = performance.now();
  try {
    const status = await statusOf(paths);
    return { kind: "answer", status, milliseconds: performance.now() - start };
  } catch (error) {
    if (error instanceof NoHubError) return { kind: "none" };
    if (error instanceof HubSilentError) return { kind: "silent" };
    if (!(error instanceof BusError)) throw error;
    if (error.code === "unsafe_path") return { kind: "not asked" };
    return { kind: "failure", reason: error.message };
  }
}

async function lookAtLock(paths: HubPaths): Promise<LockFacts> {
  const info = await infoOf(paths.lock);
  if (info === undefined) return { state: "absent", mode: 0, holder: undefined };
  const mode = modeOf(info);
  if (info.isSymlink) return { state: "link", mode, holder: undefined };
  if (!info.isFile) return { state: "no file", mode, holder: undefined };
  if (info.uid !== Deno.uid()) return { state: "foreign", mode, holder: undefined };
  return { state: "file", mode, holder: await lockHolder(paths) };
}

async function lockHolder(paths: HubPaths): Promise<LockFacts["holder"]> {
  const pid = await hubPid(paths);
  if (pid !== undefined) return await processInfo(pid);
  try {
    return await isLockFree(paths) ? undefined : "unseen";
  } catch {
    // A lock that cannot even be opened says nothing of who holds it.
    return undefined;
  }
}

async function lookAtSocket(path: string): Promise<SocketFacts> {
  const state = await refusedOr(() => checkSocketOwner(path));
  const info = await infoOf(path);
  return { state, mode: info === undefined ? 0 : modeOf(info) };
}

function hubDescriptors(hub: HubAnswer): Descriptors | undefined {
  const own = descriptors();
  if (hub.kind !== "answer") return own && { ...own, limit: raised(own, WANTED_DESCRIPTORS) };
  const its = descriptors(hub.status.pid);
  // What it has open for itself is as much as here; the rest are its connections.
  return its && own && { ...its, open: own.open };
}

async function lookAtLog(path: string): Promise<LogFacts> {
  const directory = await lookAtDirectory(dirname(path), true);
  const info = await infoOf(path);
  if (info === undefined) return { path, directory, file: "absent", refusal: undefined };
  if (!info.isFile || info.uid !== Deno.uid()) {
    return { path, directory, file: "not ours", refusal: undefined };
  }
  return { path, directory, file: "ours", refusal: await tryToAppendTo(path) };
}

async function refusedOr<T>(look: () => Promise<T>): Promise<T | Refused> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return { reason: error.message, hint: error.hint };
  }
}

/** What lies at a path, itself and not what it links to; nothing where that cannot be seen. */
async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch {
    return undefined;
  }
}

function modeOf({ mode }: Deno.FileInfo): number {
  return (mode ?? 0) & 0o7777;
}
