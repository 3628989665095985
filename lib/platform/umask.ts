/**
 * The mode that new files get, whatever the one who started this program has set.
 *
 * @module
 */

/**
 * Makes something while a mask of modes holds. The mask is the whole process's, so that what makes it
 * must be synchronous.
 */
export function underMask<T>(mask: number, make: () => T): T {
  const before = Deno.umask(mask);
  try {
    return make();
  } finally {
    Deno.umask(before);
  }
}
