/**
 * Finding the files that a log was before, and has become.
 *
 * @module
 */

import { basename } from "@std/path/posix/basename";
import { dirname } from "@std/path/posix/dirname";
import { identityOf, lstatOf, statOf } from "../file_identity.ts";

/** Milliseconds by which a file's time of birth may lag behind the clock: that of files goes in steps. */
const CLOCK_STEP_MS = 10;

/** Files of one log that are looked at. */
const MOST_FILES = 1_000;

/** Looks at files that are being moved, until two of them see the same. */
const MOST_TRIES = 20;

/** What a rotation adds to a name: numbers and dates, such as `.1` or `-20260102`. */
const ADDED = /^(?:[-_.]?\d[-_.:T\d]*)$/;

interface FileBeside {
  readonly at: string;
  readonly info: Deno.FileInfo;
}

type IsMeant = (name: string, own: string) => boolean;

/**
 * Where a file is now that was at a path: there, or beside it under another name.
 *
 * @returns nothing where it is not to be found
 */
export async function whereabouts(path: string, identity: string): Promise<string | undefined> {
  const named = await statOf(path);
  if (named && identityOf(named) === identity) return path;
  const files = await filesBeside(path, () => true);
  return files.find(({ info }) => identityOf(info) === identity)?.at;
}

/**
 * The file that followed on another one at a path and was itself moved away since. Of several the
 * first.
 *
 * @param before the one before it
 * @param seenAt when that was still at the path, in unix milliseconds: what is beside it from before
 * then did not follow on it
 * @param now the one that is at the path
 * @param isRead tells of a file, by its identity, whether it was read before
 */
export async function firstBetween(
  path: string,
  before: Deno.FileInfo,
  seenAt: number,
  now: Deno.FileInfo,
  isRead: (identity: string) => boolean,
): Promise<Deno.FileInfo | undefined> {
  const known = [before, now].map(identityOf);
  const files = (await filesBeside(path, isRotated)).filter(({ info }) => {
    const identity = identityOf(info);
    if (known.includes(identity) || isRead(identity) || info.size === 0) return false;
    const born = bornAt(info);
    return born >= bornAt(before) && born <= bornAt(now) && born >= seenAt - CLOCK_STEP_MS;
  });
  return files.sort(byAge)[0]?.info;
}

/** The files with names like that of a path, as they are while nobody moves them. */
async function filesBeside(path: string, isMeant: IsMeant): Promise<FileBeside[]> {
  let files = await filesBesideNow(path, isMeant);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const former = files.map(({ at, info }) => `${at} ${identityOf(info)}`).sort();
    files = await filesBesideNow(path, isMeant);
    const latter = files.map(({ at, info }) => `${at} ${identityOf(info)}`).sort();
    if (former.join("\0") === latter.join("\0")) break;
  }
  return files;
}

async function filesBesideNow(path: string, isMeant: IsMeant): Promise<FileBeside[]> {
  const own = basename(path);
  const folder = dirname(path);
  const stem = stemOf(own);
  const files: FileBeside[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.startsWith(stem) || !isMeant(name, own)) continue;
      const at = `${folder === "/" ? "" : folder}/${name}`;
      const info = await lstatOf(at);
      if (info?.isFile) files.push({ at, info });
      if (files.length === MOST_FILES) break;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files;
}

/** `app.log.1`, `app.log-20260102`, `app.1.log`; not what was packed, or copied by hand. */
function isRotated(name: string, own: string): boolean {
  if (name.startsWith(own) && ADDED.test(name.slice(own.length))) return true;
  const stem = stemOf(own);
  const ending = own.slice(stem.length);
  return ending !== "" && name.endsWith(ending) && name.length > own.length &&
    ADDED.test(name.slice(stem.length, name.length - ending.length));
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The oldest first. What was born and last written in the same milliseconds differs in its name. */
function byAge(one: FileBeside, other: FileBeside): number {
  return bornAt(one.info) - bornAt(other.info) ||
    (one.info.mtime?.getTime() ?? 0) - (other.info.mtime?.getTime() ?? 0) ||
    generation(other) - generation(one);
}

/** How often a file with a number was moved on. */
function generation({ at }: FileBeside): number {
  return Number(/\d+(?=\D*$)/.exec(at)?.[0] ?? 0);
}

/** Of a file system that does not say, none is between two others. */
function bornAt({ birthtime }: Deno.FileInfo): number {
  return birthtime?.getTime() ?? -Infinity;
}
