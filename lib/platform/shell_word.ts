/**
 * Text as a word of a shell's command line.
 *
 * @module
 */

import { printable } from "./printable.ts";

/**
 * Quotes a text where it needs it, so that it can be pasted into a shell and shown on a terminal:
 * what is not printable stands in the escapes of `$'…'`.
 */
export function shellWord(text: string): string {
  if (/^[\w./@%+:,=-]+$/.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${printable(text.replaceAll(/[\\']/g, "\\$&"))}'`;
}
