/**
 * Files that are for their user alone.
 *
 * @module
 */

import { closeSync, fchmodSync, openSync } from "node:fs";

/** The mode of a private file. */
const MODE = 0o600;

/**
 * Makes an empty file of mode 0600, whatever the mask says, which could take the user's own rights
 * from it too. The mode is set on the file that was made: at its path there may be another by then.
 *
 * @returns false where something lies at the path already, which is left alone
 * @throws what the system says where the file cannot be made
 */
export function makePrivateFile(path: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx", MODE);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  try {
    fchmodSync(descriptor, MODE);
    return true;
  } finally {
    closeSync(descriptor);
  }
}
