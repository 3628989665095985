/**
 * `bus status`: shows the hub and its consumers.
 *
 * @module
 */

import { status } from "../client/control.ts";
import type { Invocation } from "./command.ts";
import type { STATUS_FLAGS } from "./commands.ts";
import { EXIT } from "./exit.ts";
import { jsonText } from "./json_text.ts";
import { statusView } from "./status_view.ts";

/** Returns when it is printed. */
export async function run(
  { flags, hub, paths, output }: Invocation<typeof STATUS_FLAGS, unknown>,
): Promise<number> {
  const facts = await status(hub);
  if (flags.json) {
    await output.print(jsonText(facts, output));
  } else {
    const { paint, columns } = output;
    await output.print(
      statusView(facts, { paint, columns, socket: paths.socket, now: Date.now() }),
    );
  }
  return EXIT.done;
}
