/**
 * The lock that makes a hub the only one on its socket.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { makePrivateFile } from "../platform/private_file.ts";
import { ownerOf } from "../platform/safety.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";

/** A lock that is held until it is released or its process ends, however it ends. */
export interface HubLock {
  /** Whether its file is still at its path: if not, another hub could start there. */
  isInPlace(): Promise<boolean>;
  /** Makes the file look used, for those who sweep away what is old. */
  touch(): Promise<void>;
  release(): void;
}

/** Attempts at a lock that is held, and the milliseconds between them: some only try whether it is. */
const ATTEMPTS = 3;
const PAUSE_MS = 20;

/**
 * Takes the lock on a file, which is made where there is none and never removed: whoever waits for
 * it would hold another file than the next one that comes.
 *
 * @returns the lock, or `"held"` where another process has it
 * @throws {BusError} `unsafe_path` where the path is no file of the user's
 */
export async function takeLock(path: string): Promise<HubLock | "held"> {
  for (let attempt = 1;;) {
    const file = await openLockFile(path);
    let isOurs = false;
    try {
      const isLocked = await file.tryLock(true);
      if (!isLocked && attempt === ATTEMPTS) return "held";
      // Somebody may have removed or replaced the file between its opening and its locking.
      isOurs = isLocked && await isSameFile(file, path);
      if (isOurs) return held(file, path);
      if (isLocked) continue;
      attempt++;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } finally {
      if (!isOurs) file.close();
    }
  }
}

function held(file: Deno.FsFile, path: string): HubLock {
  return {
    isInPlace: () => isSameFile(file, path),
    touch: () => file.utime(new Date(), new Date()),
    release: () => file.close(),
  };
}

async function openLockFile(path: string): Promise<Deno.FsFile> {
  for (;;) {
    try {
      makePrivateFile(path);
      await checkLockFile(path);
      const file = await Deno.open(path, { read: true, write: true });
      if (await isSameFile(file, path)) return file;
      file.close();
    } catch (error) {
      if (error instanceof BusError) throw error;
      // Removed since: make it anew.
      if (!(error instanceof Deno.errors.NotFound)) throw cannotOpen(path, error);
    }
  }
}

async function checkLockFile(path: string): Promise<void> {
  const info = await Deno.lstat(path);
  if (info.isFile && info.uid === Deno.uid()) return;
  const what = info.isSymlink
    ? "is a link"
    : info.isFile
    ? `belongs to ${ownerOf(info)}`
    : "is no file";
  const where = printable(path);
  // What another user has put there this one can mostly not remove.
  const hint = info.uid === Deno.uid()
    ? `see what it is, and remove it: ls -ld ${where}`
    : "choose another path with --socket";
  throw new BusError("unsafe_path", `the lock ${where} ${what}; it was left alone`, hint);
}

/** Whether a path, not followed if it is a link, is still the file that was opened. */
async function isSameFile(file: Deno.FsFile, path: string): Promise<boolean> {
  const opened = await file.stat();
  try {
    const found = await Deno.lstat(path);
    return !found.isSymlink && found.dev === opened.dev && found.ino === opened.ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function cannotOpen(path: string, error: unknown): BusError {
  return new BusError("failed", `cannot open the lock ${printable(path)}: ${systemReason(error)}`);
}
