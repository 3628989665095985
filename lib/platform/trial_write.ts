/**
 * Whether files can be written, found out by writing: modes, quotas, read-only mounts and full disks
 * have too many ways to say no to be told from outside.
 *
 * @module
 */

import { systemReason } from "./system_reason.ts";

/** Bytes that are written: a file system may take an empty file where no byte fits any more. */
const TRIAL_BYTES = 4096;

/** Why the system refuses. */
export interface WriteRefusal {
  /** Its name for that, such as `ENOSPC`; none where it has none. */
  readonly code: string | undefined;
  /** Its sentence. */
  readonly reason: string;
}

/** Writes a file in a directory and removes it again. Gives the refusal, if there is one. */
export async function tryToWriteIn(directory: string): Promise<WriteRefusal | undefined> {
  const path = `${directory}/.trial-${Deno.pid}-${crypto.randomUUID()}`;
  try {
    using file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
    try {
      let bytes = new Uint8Array(TRIAL_BYTES);
      // Not synced: on a busy disk that waits for what everybody else has written.
      while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
      return undefined;
    } finally {
      await Deno.remove(path);
    }
  } catch (error) {
    return refusalOf(error);
  }
}

/** Opens a file that is there for writing at its end, and leaves it as it is. */
export async function tryToAppendTo(path: string): Promise<WriteRefusal | undefined> {
  try {
    (await Deno.open(path, { append: true })).close();
    return undefined;
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): WriteRefusal {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  return { code, reason: systemReason(error) };
}
