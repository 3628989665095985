/**
 * `bus doctor`: says what is wrong with a hub and its surroundings, and what to do.
 *
 * @module
 */

import { type HubPaths, hubPaths, SocketPathTooLongError } from "../platform/paths.ts";
import { VERSION } from "../platform/version.ts";
import type { Invocation } from "./command.ts";
import type { DOCTOR_FLAGS } from "./command_lines.ts";
import { findFacts } from "./doctor_facts.ts";
import { judge } from "./doctor_verdicts.ts";
import { doctorView } from "./doctor_view.ts";
import { EXIT } from "./exit.ts";
import { jsonText } from "./json_text.ts";

/** Returns when all is said. */
export async function run(
  invocation: Invocation<typeof DOCTOR_FLAGS, unknown>,
): Promise<number> {
  const { flags, output } = invocation;
  const paths = pathsOf(invocation);
  const checks = judge(await findFacts(paths));
  const isSound = checks.every(({ verdict }) => verdict !== "problem");
  if (flags.json) {
    const facts = { socket: paths.socket, version: VERSION, sound: isSound, checks };
    await output.print(jsonText(facts, output));
  } else {
    await output.print(doctorView(checks, output.paint));
  }
  return isSound ? EXIT.done : EXIT.failed;
}

/** A path that no hub could have is one of the things that a doctor is asked about. */
function pathsOf({ hub }: Pick<Invocation, "hub">): HubPaths {
  try {
    return hubPaths(hub);
  } catch (error) {
    if (error instanceof SocketPathTooLongError) return error.paths;
    throw error;
  }
}
