/**
 * A hub's lock as others see it: who holds it, and whether it is free.
 *
 * @module
 */

import { readTextUpTo } from "../platform/bounded_file.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";

/**
 * Bytes of `/proc/locks` that are handed out in one piece, to who asks for as many at once. Where the
 * list is longer, one that stands where two pieces meet is missing if a lock before it goes between
 * them.
 */
const PIECE_BYTES = 4096;

/** More bytes than the locks of any system have. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Bytes of a longer line than there is: a list that is shorter by it than a piece was handed out in one. */
const LINE_BYTES = 128;

/** Looks at a long list before a lock that it does not show is taken for none. */
const LOOKS = 10;

/**
 * Finds the process that holds a hub's lock, by `/proc/locks`.
 *
 * @returns its pid; nothing where nobody holds it or the system does not say
 */
export async function hubPid(paths: HubPaths): Promise<number | undefined> {
  try {
    const file = await Deno.lstat(paths.lock);
    return await findInLocks((locks) => lockHolder(locks, file));
  } catch {
    // No lock file, no such list on this system, or no right to read it.
    return undefined;
  }
}

/**
 * Finds who holds the flock of a file.
 *
 * @param locks the text of `/proc/locks`: `1: FLOCK ADVISORY WRITE <pid> <major>:<minor>:<inode> …`,
 * the device in hex; a line with `->` is of one who waits
 * @param file the lock file
 */
export function lockHolder(
  locks: string,
  file: Pick<Deno.FileInfo, "dev" | "ino">,
): number | undefined {
  const holders: { pid: number; device: string }[] = [];
  for (const line of locks.split("\n")) {
    const match = /^\d+: FLOCK +\S+ +\S+ +(\d+) +([0-9a-f]+:[0-9a-f]+):(\d+) /.exec(line);
    const [, pid, device, inode] = match ?? [];
    if (device === undefined || Number(inode) !== file.ino || Number(pid) === 0) continue;
    holders.push({ pid: Number(pid), device });
  }
  // Some file systems show another device there than in a stat; an inode that stands there once is
  // meant all the same.
  const exact = holders.find(({ device }) => device === deviceName(file.dev));
  return (exact ?? (holders.length === 1 ? holders[0] : undefined))?.pid;
}

/**
 * Looks for something in the list of locks, again where a look may have missed it.
 *
 * @param find what is looked for in the text of the list
 * @param read reads the list
 */
export async function findInLocks<T>(
  find: (locks: string) => T | undefined,
  // Not by `Deno.readTextFile`, which asks for 32 bytes at first, so for pieces of a line each.
  read: () => Promise<string> = () => readTextUpTo("/proc/locks", MOST_BYTES),
): Promise<T | undefined> {
  for (let look = 1;; look++) {
    const locks = await read();
    const found = find(locks);
    const isWhole = locks.length <= PIECE_BYTES - LINE_BYTES;
    if (found !== undefined || isWhole || look === LOOKS) return found;
  }
}

/**
 * Whether somebody seems to hold a hub's lock, found out without touching it. Where the system does
 * not say it may be so.
 */
export async function seemsHeld(paths: HubPaths): Promise<boolean> {
  const file = await infoOf(paths.lock);
  if (file === undefined) return false;
  try {
    // By the inode alone: a process of another namespace stands there without its pid.
    const isHolder = (line: string) => line.includes(" FLOCK ") && line.includes(`:${file.ino} `);
    return await findInLocks((locks) => locks.split("\n").find(isHolder)) !== undefined;
  } catch {
    return true;
  }
}

/**
 * Whether a hub's lock is free, tried out by taking it for a moment. Not for one who only wants to
 * connect: a hub that starts in that moment would find its lock held.
 *
 * @throws {BusError} `unsafe_path` where something else than a file of the user is in its place
 */
export async function isLockFree(paths: HubPaths): Promise<boolean> {
  const info = await infoOf(paths.lock);
  if (info === undefined) return true;
  if (!info.isFile || info.uid !== Deno.uid()) {
    const where = printable(paths.lock);
    const hint = `see what it is, and remove it: ls -ld ${where}`;
    throw new BusError("unsafe_path", `${where} is no file of yours`, hint);
  }
  using file = await Deno.open(paths.lock);
  if (!await file.tryLock(true)) return false;
  const [held, there] = [await file.stat(), await infoOf(paths.lock)];
  // Of a file that has meanwhile been replaced the lock means nothing.
  return held.ino === there?.ino && held.dev === there.dev;
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A device number as `/proc/locks` has it: major and minor in hex, two digits at least. */
function deviceName(device: number): string {
  const number = BigInt(device);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
  const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn & 0xffffffffn);
  const hex = (part: bigint) => part.toString(16).padStart(2, "0");
  return `${hex(major)}:${hex(minor)}`;
}
