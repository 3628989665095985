/**
 * Pipes among files: the runtime opens whatever the system tells it of, and at a pipe it waits for
 * somebody at the other end. From then on it tells of nothing.
 *
 * @module
 */

import { joined } from "./known_files.ts";

/** Whether what is at a path is a pipe, or a link to one. */
export async function isPipe(path: string, info: Deno.FileInfo): Promise<boolean> {
  if (!info.isSymlink) return info.isFifo === true;
  try {
    return (await Deno.stat(path)).isFifo === true;
  } catch {
    // A link to nothing, or to what cannot be opened either.
    return false;
  }
}

/** The path of a pipe that is right in a folder; nothing where there is none, or nobody can tell. */
export async function pipeIn(folder: string): Promise<string | undefined> {
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
      if (isFile || isDirectory) continue;
      const path = joined(folder, name);
      if (await isPipe(path, await Deno.lstat(path))) return path;
    }
  } catch {
    // What cannot be looked into is said where it is to be listened to.
  }
}
