/**
 * Waiting for something that has a name, and not for ever.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** Milliseconds after which what was to come is taken to be missing. */
export const PATIENCE_MS = 15_000;

/** Milliseconds between two looks. */
const LOOK_MS = 10;

/** Waits until a condition holds; says which one did not. */
export async function eventually(
  name: string,
  condition: () => unknown | Promise<unknown>,
  patience: number = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patience;
  while (!await condition()) {
    if (performance.now() > end) throw new AssertionError(`not within ${patience} ms: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Waits for a promise; says which one did not come. */
export async function within<T>(
  name: string,
  promise: Promise<T>,
  patience: number = PATIENCE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new AssertionError(`not within ${patience} ms: ${name}`)),
    patience,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
