/**
 * `bus serve`: runs a hub.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { serve } from "../server/lifecycle.ts";
import type { SourceSettings } from "../source/kinds.ts";
import type { Invocation } from "./command.ts";
import type { SERVE_ARGUMENTS, SERVE_FLAGS } from "./command_lines.ts";
import { EXIT } from "./exit.ts";

/** The source that `-` stands for; once it has ended there is nothing to come. */
const STDIN: SourceSettings = { kind: "stdin", restarts: 0 };

/** Returns when the hub has stopped. */
export async function run(
  { flags, arguments: { input }, paths, output }: Invocation<
    typeof SERVE_FLAGS,
    typeof SERVE_ARGUMENTS
  >,
): Promise<number> {
  await serve({
    paths,
    channelEvents: flags["channel-events"],
    channelBytes: flags["channel-bytes"],
    memoryBytes: flags.memory,
    capabilities: flags.capability ?? [],
    idleTimeout: flags["idle-timeout"],
    config: flags.config,
    sources: [...flags.source, ...(input === undefined ? [] : [STDIN])],
    logFile: flags.log,
    onListening: (socket) => output.say(`listening on ${printable(socket)} (pid ${Deno.pid})`),
  });
  return EXIT.done;
}
