/**
 * Values as JSON on stdout.
 *
 * @module
 */

import { printableJson } from "../platform/printable.ts";

/**
 * A value as JSON, its line end included: in one line for programs, for people on a terminal over
 * several lines, without a character that the terminal would act on.
 */
export function jsonText(value: unknown, { isTerminal }: { isTerminal: boolean }): string {
  if (!isTerminal) return `${JSON.stringify(value)}\n`;
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return lines.map((line) => `${printableJson(line)}\n`).join("");
}
