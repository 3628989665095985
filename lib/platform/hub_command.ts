/**
 * Commands to type, for the hints of messages.
 *
 * @module
 */

import { DEFAULT_NAME, type HubPaths } from "./paths.ts";
import { shellWord } from "./shell_word.ts";

/**
 * What to type to run a command on a hub, and on no other.
 *
 * @param words the command, as in `bus status`
 * @param env where `$BUS_SOCKET` or `$BUS_NAME` may say another hub
 * @returns it with the flag that means this hub, where it needs one
 */
export function hubCommand(
  words: string,
  { name, socket }: HubPaths,
  env: Pick<Deno.Env, "get"> = Deno.env,
): string {
  const [otherSocket, otherName] = [env.get("BUS_SOCKET"), env.get("BUS_NAME")];
  if (name === DEFAULT_NAME && !otherSocket && !otherName) return `bus ${words}`;
  // Beside $BUS_SOCKET there can be no --name; the path means the same hub.
  const [flag, value] = name === undefined || otherSocket ? ["--socket", socket] : ["--name", name];
  return `bus ${words} ${flag}${value.startsWith("-") ? "=" : " "}${shellWord(value)}`;
}
