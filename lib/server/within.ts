/**
 * Waiting with an end.
 *
 * @module
 */

/** Waits for something, but not longer than so many milliseconds; it may go on by itself. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
