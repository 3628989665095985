/**
 * Whether another thread can be begun: where it finds too few descriptors the runtime ends the whole
 * process.
 *
 * @module
 */

import { descriptors } from "./descriptors.ts";
import { BusError } from "../protocol/errors.ts";

/** Descriptors that a thread takes while it begins: up to 9 were seen. */
const EACH = 16;

/** What the system tells of this process's descriptors. */
const TOLD_AT = "/proc/self/fd";

/** Threads that may not have taken theirs yet. */
let beginning = 0;

/**
 * Makes sure that a thread that is begun now finds what it needs.
 *
 * @returns to be called when it has begun, or will not any more
 * @throws {BusError} `failed`: it might not
 */
export function takeThreadRoom(): () => void {
  if (freeDescriptors() < EACH * (beginning + 1)) {
    const message = "no thread can be begun: too many files and connections are open";
    throw new BusError("failed", message, "raise their limit, with ulimit -n");
  }
  beginning++;
  let isTaken = true;
  return () => {
    if (isTaken) beginning--;
    isTaken = false;
  };
}

/** How many more this process may have; any number where the system does not say. */
function freeDescriptors(): number {
  const now = descriptors();
  if (now) return now.limit - now.open;
  // To be counted they need one themselves, to be looked for they need none.
  return isThere(TOLD_AT) ? 0 : Infinity;
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
