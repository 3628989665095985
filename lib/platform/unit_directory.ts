/**
 * Where a user's systemd units lie.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import { baseDirectory, homeDirectory } from "./paths.ts";

/**
 * The directory of the units that the user writes: `$XDG_CONFIG_HOME/systemd/user`, else
 * `~/.config/systemd/user`.
 *
 * @throws {BusError} `failed` where there is no home
 */
export function unitDirectory(
  env: Pick<Deno.Env, "get"> = Deno.env,
  home: () => string = homeDirectory,
): string {
  const base = baseDirectory("XDG_CONFIG_HOME", env, home);
  if (base !== undefined) return `${base}/systemd/user`;
  throw new BusError("failed", "there is no directory for units", "set XDG_CONFIG_HOME, or HOME");
}
