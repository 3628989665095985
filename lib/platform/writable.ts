/**
 * Whether files can be made in a directory, as far as the system says without a trial.
 *
 * @module
 */

import { access, constants } from "node:fs/promises";

/** False for what is closed to this user, is on a file system that is read-only, or is not there. */
export async function isWritable(directory: string): Promise<boolean> {
  return await access(directory, constants.W_OK).then(() => true, () => false);
}
