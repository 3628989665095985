/**
 * Ending a hub that does not listen to reason.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { LOOK_MS, pause, STOP_MS, TERM_MS } from "./deadline.ts";
import { HubSilentError, NoHubError } from "./errors.ts";
import { hubPid, isLockFree } from "./hub_lock.ts";

/** Milliseconds in which nobody but a hub holds the lock: who only tries it gives it back at once. */
const TRIAL_MS = 30;

/** What came of it: the process ended at SIGTERM, or had to be killed. */
export type ForcedEnd = "terminated" | "killed";

/**
 * Ends the process that holds a hub's lock: by SIGTERM, and where it is still there after a while by
 * SIGKILL. Before each of them it is made sure that this process holds the lock and has its file
 * open; no other process is ever sent one. Resolves when it has gone.
 *
 * @param grace milliseconds between the two
 * @throws {NoHubError} nobody holds the lock
 * @throws {HubSilentError} it is there even after SIGKILL
 * @throws {BusError} `failed`: who holds it cannot be told, or is not to be ended by this user
 */
export async function endByForce(
  paths: HubPaths,
  grace: number = TERM_MS,
): Promise<{ pid: number; end: ForcedEnd }> {
  const pid = await holder(paths);
  await send("SIGTERM", pid, paths);
  if (await hasGoneWithin(grace, pid, paths)) return { pid, end: "terminated" };
  await send("SIGKILL", pid, paths);
  if (await hasGoneWithin(STOP_MS, pid, paths)) return { pid, end: "killed" };
  throw new HubSilentError(paths, pid);
}

async function holder(paths: HubPaths): Promise<number> {
  const pid = await hubPid(paths);
  if (pid !== undefined) {
    await pause(TRIAL_MS);
    if (await hubPid(paths) === pid) return pid;
  }
  if (await isLockFree(paths)) throw new NoHubError(paths);
  throw unknownHolder(paths);
}

function unknownHolder({ lock }: HubPaths): BusError {
  return new BusError("failed", `cannot tell which process holds ${printable(lock)}`);
}

async function send(signal: "SIGTERM" | "SIGKILL", pid: number, paths: HubPaths): Promise<void> {
  if (!await hasOpen(pid, paths.lock) || await hubPid(paths) !== pid) {
    if (signal === "SIGKILL") return;
    throw unknownHolder(paths);
  }
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It may have ended by itself.
    if (error instanceof Deno.errors.NotFound) return;
    throw new BusError("failed", `cannot end process ${pid}: ${systemReason(error)}`);
  }
}

/**
 * Whether a process has a file open. A lock outlives the process that took it where another one has
 * inherited it; the system then still names the first, and its pid may be somebody else's by now.
 */
async function hasOpen(pid: number, path: string): Promise<boolean> {
  try {
    const file = await Deno.lstat(path);
    for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
      const open = await Deno.stat(`/proc/${pid}/fd/${name}`).catch(() => undefined);
      if (open?.dev === file.dev && open.ino === file.ino) return true;
    }
  } catch {
    // It has ended, or is not ours to look at.
  }
  return false;
}

async function hasGoneWithin(time: number, pid: number, paths: HubPaths): Promise<boolean> {
  for (const end = performance.now() + time;; await pause(LOOK_MS)) {
    if (await hubPid(paths) !== pid) return true;
    if (performance.now() >= end) return false;
  }
}
