/**
 * The wall around a hub's socket: the directory it lies in and who owns it. Deno shows no
 * credentials of a peer, so owner and mode of these files are all that keeps others out.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { BusError } from "../protocol/errors.ts";
import type { HubPaths } from "./paths.ts";
import { printable } from "./printable.ts";
import { cannot } from "./system_reason.ts";

const GROUP_AND_OTHERS = 0o077;
const WRITABLE_FOR_OTHERS = 0o022;
const STICKY = 0o1000;
const MODE = 0o7777;

/** Attempts at a directory that somebody takes away, or puts something in the place of. */
const MAKE_ATTEMPTS = 5;

const ANOTHER_PATH = "choose another path with --socket";

const ANOTHER_PLACE = "set XDG_RUNTIME_DIR to a directory of yours, or give a path with --socket";

/**
 * Makes the runtime directory, mode 0700, or checks the one that is there: a real directory, no
 * link, owned by the user, closed to everybody else, in a parent where nobody can exchange it.
 *
 * @throws {BusError} `unsafe_path` where it is not so, `failed` where it cannot be made
 */
export async function ensureOwnDirectory(path: string): Promise<void> {
  for (let attempt = 0; attempt < MAKE_ATTEMPTS; attempt++) {
    // Looked at after it was made, too: somebody may have been faster, and may have gone since.
    if (await checkOwnDirectory(path) === "ours") return;
    try {
      await makePrivately(path);
    } catch (error) {
      throw cannot("make the directory", path, error);
    }
  }
  throw unsafe(
    `${printable(path)} comes and goes: somebody else makes and removes it`,
    ANOTHER_PLACE,
  );
}

/**
 * Sees to the directory of a hub's socket: its own is made, another one must be there.
 *
 * @throws {BusError} as {@linkcode ensureOwnDirectory} and {@linkcode checkGivenDirectory}
 */
export async function ensureDirectory(
  { directory, ownDirectory }: Pick<HubPaths, "directory" | "ownDirectory">,
): Promise<void> {
  if (ownDirectory) await ensureOwnDirectory(directory);
  else await checkGivenDirectory(directory);
}

/** Makes a directory and those it lies in, with the user's own rights, which a mask could take away. */
async function makePrivately(path: string): Promise<void> {
  if (await look(dirname(path), Deno.stat) === undefined) await makePrivately(dirname(path));
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw error;
  }
  await Deno.chmod(path, 0o700);
}

/**
 * Checks the directory of a socket whose path was given: it belongs to the user or root, and
 * nobody else can write there unless it is sticky.
 *
 * @throws {BusError} `unsafe_path` where it is not so, `failed` where there is none
 */
export async function checkGivenDirectory(path: string): Promise<void> {
  if (await checkSharedDirectory(path) === "absent") {
    throw new BusError("failed", `there is no directory ${printable(path)}`, "make it first");
  }
}

/**
 * Looks at a socket before anything is written to it.
 *
 * @returns `absent` where there is nothing, `ours` where it is a socket of the user
 * @throws {BusError} `unsafe_path` where it is anything else
 */
export async function checkSocketOwner(path: string): Promise<"absent" | "ours"> {
  const info = await look(path, Deno.lstat);
  if (info === undefined) return "absent";
  const where = printable(path);
  if (info.uid !== Deno.uid()) {
    throw unsafe(`${where} belongs to ${ownerOf(info)}, not to you`, ANOTHER_PATH);
  }
  if (info.isSymlink) throw unsafe(`${where} is a link, not a socket`, ANOTHER_PATH);
  if (!info.isSocket) throw unsafe(`${where} is no socket`, ANOTHER_PATH);
  return "ours";
}

/**
 * Looks for a hub's socket as one who wants to connect: its directory, if there is one, then the
 * socket's owner.
 *
 * @throws {BusError} `unsafe_path` where others could have put the socket there
 */
export async function lookForSocket(paths: HubPaths): Promise<"absent" | "ours"> {
  const directory = paths.ownDirectory
    ? await checkOwnDirectory(paths.directory)
    : await checkSharedDirectory(paths.directory);
  return directory === "absent" ? "absent" : await checkSocketOwner(paths.socket);
}

/** Tells a file from another that comes to its path later. */
export type FileMark = Pick<Deno.FileInfo, "dev" | "ino" | "mtime" | "uid">;

/** The mark of what lies at a path, a link itself; nothing where there is nothing. */
export async function fileMark(path: string): Promise<FileMark | undefined> {
  return await look(path, Deno.lstat);
}

/**
 * Whether two marks are of the same file. A number of an inode that is free is given to the next file
 * at once, so that the time counts too.
 */
export function isSameMark(one: FileMark | undefined, other: FileMark | undefined): boolean {
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino &&
    one.mtime?.getTime() === other.mtime?.getTime();
}

/**
 * Checks a directory that is to be private to the user, where it is there, and makes none.
 *
 * @throws {BusError} `unsafe_path` where others could get at what lies in it
 */
export async function checkOwnDirectory(path: string): Promise<"absent" | "ours"> {
  // In a parent that others can write to they could put their own directory in the place of ours.
  await checkSharedDirectory(dirname(path));
  const info = await look(path, Deno.lstat);
  if (info === undefined) return "absent";
  const where = printable(path);
  if (info.uid !== Deno.uid()) {
    throw unsafe(`${where} belongs to ${ownerOf(info)}, not to you`, ANOTHER_PLACE);
  }
  if (info.isSymlink) throw unsafe(`${where} is a link, not a directory`, `remove it: rm ${where}`);
  if (info.isSocket) {
    // D-Bus has its socket in the user's runtime directory too: never say that it should go.
    throw unsafe(`${where} is the socket of another program, not a directory`, ANOTHER_PLACE);
  }
  if (!info.isDirectory) throw unsafe(`${where} is no directory`, `remove it: rm ${where}`);
  if (modeOf(info) & GROUP_AND_OTHERS) {
    const reason = `${where} is open to others (mode ${octal(info)})`;
    throw unsafe(reason, `close it: chmod 700 ${where}`);
  }
  return "ours";
}

async function checkSharedDirectory(path: string): Promise<"absent" | "safe"> {
  const info = await look(path, Deno.stat);
  if (info === undefined) return "absent";
  const where = printable(path);
  if (!info.isDirectory) throw unsafe(`${where} is no directory`);
  if (info.uid !== Deno.uid() && info.uid !== 0) {
    throw unsafe(
      `the directory ${where} belongs to ${ownerOf(info)}, not to you or root`,
      "choose a socket in a directory of yours",
    );
  }
  if (modeOf(info) & WRITABLE_FOR_OTHERS && !(modeOf(info) & STICKY)) {
    throw unsafe(
      `others can write to the directory ${where} (mode ${octal(info)})`,
      `close it: chmod go-w ${where}`,
    );
  }
  return "safe";
}

async function look(
  path: string,
  stat: (path: string) => Promise<Deno.FileInfo>,
): Promise<Deno.FileInfo | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw cannot("look at", path, error);
  }
}

function unsafe(reason: string, hint?: string): BusError {
  return new BusError("unsafe_path", reason, hint);
}

/** Whose a file is, as people are told. */
export function ownerOf({ uid }: Deno.FileInfo): string {
  return uid === 0 ? "root" : `user ${uid}`;
}

function modeOf({ mode }: Deno.FileInfo): number {
  return (mode ?? MODE) & MODE;
}

function octal(info: Deno.FileInfo): string {
  return modeOf(info).toString(8).padStart(4, "0");
}
