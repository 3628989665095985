/**
 * Where a user's systemd units lie.
 *
 * @module
 */

import { homedir } from "node:os";
import { BusError } from "../protocol/errors.ts";

/**
 * The directory of the units that the user writes: `$XDG_CONFIG_HOME/systemd/user`, else
 * `~/.config/systemd/user`.
 *
 * @throws {BusError} `failed` where there is no home
 */
export function unitDirectory(
  env: Pick<Deno.Env, "get"> = Deno.env,
  home: () => string = homedir,
): string {
  const base = env.get("XDG_CONFIG_HOME");
  // By the XDG specification a relative path there is to be ignored.
  if (base?.startsWith("/")) return `${base.replace(/\/+$/, "")}/systemd/user`;
  const directory = home();
  if (directory.startsWith("/")) return `${directory.replace(/\/+$/, "")}/.config/systemd/user`;
  throw new BusError("failed", "there is no directory for units", "set XDG_CONFIG_HOME, or HOME");
}
