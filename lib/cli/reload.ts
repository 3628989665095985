/**
 * `bus reload`: lets the hub read its catalogue anew.
 *
 * @module
 */

import { reload } from "../client/control.ts";
import { printable } from "../platform/printable.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit.ts";

/** Returns when the hub has taken it over. */
export async function run({ hub, paths, output }: Invocation): Promise<number> {
  await reload(hub);
  output.say(`the hub on ${printable(paths.socket)} has taken its catalogue over`);
  return EXIT.done;
}
