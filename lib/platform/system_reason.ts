/**
 * What the system says when it refuses.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { printable } from "./printable.ts";

/** Characters of the longest reason. */
const LONGEST = 300;

/** The reason in a sentence for people: without the number of the error, and printable. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Deno puts a number and what it was doing behind the reason, Node a name before it.
  const reason = message.replace(/ \(os error \d+\).*$/s, "")
    .replace(
      /^E[A-Z0-9]+: (.*?), \w+ '.*'$/s,
      (_, words) => words[0].toUpperCase() + words.slice(1),
    );
  return printable(reason, LONGEST);
}

/**
 * The error for something that the system refuses.
 *
 * @param what the verb, as in `cannot read /a/b: …`
 */
export function cannot(what: string, path: string, error: unknown): BusError {
  return new BusError("failed", `cannot ${what} ${printable(path)}: ${systemReason(error)}`);
}
