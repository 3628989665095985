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
  // Deno puts a number and what it was doing behind the reason, Node a name before it.
  const reason = message.replace(/ \(os error \d+\).*$/s, "")
    .replace(
      /^E[A-Z0-9]+: (.*?), \w+ '.*'$/s,
      (_, words) => words[0].toUpperCase() + words.slice(1),
    );
  return printable(reason, LONGEST);
}
