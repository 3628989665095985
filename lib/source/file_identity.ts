/**
 * Which file it is, whatever it is called.
 *
 * @module
 */

/**
 * What a file has for itself as long as it is there. A new one may get the number of one that was
 * removed, but not its time of birth.
 */
export function identityOf({ dev, ino, birthtime }: Deno.FileInfo): string {
  return `${dev}:${ino}:${birthtime?.getTime()}`;
}

/**
 * What is at a path, behind links; nothing where nothing is.
 *
 * @throws what the system says where it cannot tell
 */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await orNothing(Deno.stat(path));
}

/**
 * What is at a path, be it a link; nothing where nothing is.
 *
 * @throws what the system says where it cannot tell
 */
export async function lstatOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await orNothing(Deno.lstat(path));
}

async function orNothing(info: Promise<Deno.FileInfo>): Promise<Deno.FileInfo | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
