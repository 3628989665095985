/**
 * Commands to type, for the hints of messages.
 *
 * @module
 */

import { DEFAULT_NAME, type HubPaths } from "./paths.ts";

/**
 * What to type to run a command on a hub.
 *
 * @param words the command, as in `bus status`
 * @returns it with the flag that means this hub, as far as it can be typed without quoting
 */
export function hubCommand(words: string, { name, socket }: HubPaths): string {
  const [flag, value] = name === undefined ? ["--socket", socket] : ["--name", name];
  if (name === DEFAULT_NAME || !/^[\w./@%+:,=-]+$/.test(value)) return `bus ${words}`;
  return `bus ${words} ${flag} ${value}`;
}
