/**
 * Which entries of `event_types` match which type, said once more in another way, to compare with.
 *
 * @module
 */

import fc from "fast-check";

/** Whether an entry matches a type, by one regular expression made of the entry. */
export function naivelyMatches(entry: string, eventType: string): boolean {
  const pieces = entry.split(".").map((token, i, all) => {
    if (token === "*") return "[^.]*";
    if (token === ">" && i === all.length - 1) return ".*";
    return token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^(?:${pieces.join("\\.")})$`, "s").test(eventType);
}

const token = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("github", "push", "issues", "opened") },
  { weight: 3, arbitrary: fc.constantFrom("*", ">") },
  { weight: 2, arbitrary: fc.constantFrom("", "*a", ">>", "\n", "(", "__proto__") },
);

/** A dotted name of few tokens, so that entries and types often meet; never empty. */
export const dottedName: fc.Arbitrary<string> = fc
  .array(token, { minLength: 1, maxLength: 4 })
  .map((tokens) => tokens.join("."))
  .filter((name) => name !== "");
