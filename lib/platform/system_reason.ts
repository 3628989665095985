/**
 * What the system says when it refuses.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** Characters of the longest reason. */
const LONGEST = 300;

/** The reason in a sentence for people: without the number of the error, and printable. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Deno puts what it was doing behind the number.
  return printable(message.replace(/ \(os error \d+\).*$/s, ""), LONGEST);
}
