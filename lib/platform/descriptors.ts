/**
 * How many files and sockets this process may have open.
 *
 * @module
 */

/** The limit of descriptors and how many are in use; nothing where the system does not say. */
export function descriptors(): { limit: number; open: number } | undefined {
  try {
    const limits = Deno.readTextFileSync("/proc/self/limits");
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    if (soft === undefined) return undefined;
    return { limit: Number(soft), open: [...Deno.readDirSync("/proc/self/fd")].length };
  } catch {
    return undefined;
  }
}
