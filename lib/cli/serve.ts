/**
 * `bus serve`: runs a hub.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { serve } from "../server/lifecycle.ts";
import type { Invocation } from "./command.ts";
import type { SERVE_FLAGS } from "./commands.ts";
import { EXIT } from "./exit.ts";

/** Returns when the hub has stopped. */
export async function run(
  { flags, paths, output }: Invocation<typeof SERVE_FLAGS, unknown>,
): Promise<number> {
  await serve({
    paths,
    channelEvents: flags["channel-events"],
    channelBytes: flags["channel-bytes"],
    memoryBytes: flags.memory,
    capabilities: flags.capability ?? [],
    idleTimeout: flags["idle-timeout"],
    logFile: flags.log,
    onListening: (socket) => output.say(`listening on ${printable(socket)} (pid ${Deno.pid})`),
  });
  return EXIT.done;
}
