/**
 * How much room a file system has.
 *
 * @module
 */

import { statfs } from "node:fs/promises";

/** What this user may still put on a file system. */
export interface FreeSpace {
  readonly bytes: number;
  /** Files; infinite where the file system does not count them. */
  readonly files: number;
}

/** The room on the file system of a path; nothing where the system does not say. */
export async function freeSpace(path: string): Promise<FreeSpace | undefined> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(path);
    return { bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
  } catch {
    return undefined;
  }
}
