/**
 * Waiting with an end.
 *
 * @module
 */

import type { SystemClocks } from "./clocks.ts";

/** Waits for something, but not longer than so many milliseconds; it may go on by itself. */
export async function within(
  clocks: SystemClocks,
  milliseconds: number,
  promise: Promise<unknown>,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const callOff = clocks.after(milliseconds, late.resolve);
  try {
    await Promise.race([promise, late.promise]);
  } finally {
    callOff();
  }
}
