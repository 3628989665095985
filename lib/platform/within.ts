/**
 * Waiting with an end.
 *
 * @module
 */

import { orAborted } from "./aborted.ts";
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

/** Resolves after so many milliseconds, or as soon as the signal fires. */
export async function pauseFor(
  clocks: SystemClocks,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const callOff = clocks.after(milliseconds, over.resolve);
  await (signal ? orAborted(over.promise, signal) : over.promise);
  callOff();
}
