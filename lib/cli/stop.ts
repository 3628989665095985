/**
 * `bus stop`: stops the hub.
 *
 * @module
 */

import { hubPid, stop } from "../client/control.ts";
import { printable } from "../platform/printable.ts";
import type { Invocation } from "./command.ts";
import { EXIT } from "./exit.ts";

/** Returns when the hub has gone. */
export async function run({ hub, paths, output }: Invocation): Promise<number> {
  const pid = await hubPid(paths);
  await stop(hub);
  const process = pid === undefined ? "" : ` (pid ${pid})`;
  output.say(`stopped the hub on ${printable(paths.socket)}${process}`);
  return EXIT.done;
}
