/**
 * `bus stop`: stops the hub, or every hub.
 *
 * @module
 */

import { askToStop } from "../client/control.ts";
import { HubSilentError, NoHubError } from "../client/errors.ts";
import { endByForce } from "../client/force.ts";
import { type FoundHub, hubs } from "../client/hubs.ts";
import { type HubPaths, runtimeDirectory } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import type { Invocation } from "./command.ts";
import type { STOP_FLAGS } from "./command_lines.ts";
import { checkMeansEvery } from "./every_hub.ts";
import { EXIT } from "./exit.ts";
import { describeFailure } from "./failure.ts";
import { hubName } from "./hub_lines.ts";
import { silentFailure, stoppedLine } from "./stop_lines.ts";

type StopInvocation = Invocation<typeof STOP_FLAGS, unknown>;

/** Returns when the hub has gone. */
export async function run(invocation: StopInvocation): Promise<number> {
  const { flags, output } = invocation;
  if (flags.all) return await stopEvery(invocation);
  output.say(await stopAt(invocation.paths, flags.force));
  return EXIT.done;
}

async function stopEvery({ flags, hub, output }: StopInvocation): Promise<number> {
  checkMeansEvery(hub);
  const found = (await hubs()).filter(({ state }) => state !== "not_running");
  if (found.length === 0) output.say(`no hub is running in ${printable(runtimeDirectory())}`);
  const exits = await Promise.all(found.map(async (hub) => {
    try {
      output.say(await stopFound(hub, flags.force));
      return EXIT.done;
    } catch (error) {
      const { text, exit } = describeFailure(error);
      if (text !== undefined) output.sayError(text);
      return exit;
    }
  }));
  return exits.every((exit) => exit === EXIT.done) ? EXIT.done : EXIT.failed;
}

async function stopFound({ paths, state, pid, error }: FoundHub, force: boolean): Promise<string> {
  try {
    // It has just been asked, and waited for.
    if (state === "orphan" && error && !force) throw await explained(error, paths);
    return await stopAt(paths, force);
  } catch (error) {
    // Somebody else has stopped it, or it left by itself: that is what was asked for.
    if (error instanceof NoHubError) return `${hubName(paths.socket, pid)} has gone by itself`;
    throw error;
  }
}

/** Stops the hub on these paths and returns the line that says so. */
async function stopAt(paths: HubPaths, force: boolean): Promise<string> {
  try {
    if (force) {
      const { pid, end } = await endByForce(paths);
      return stoppedLine(paths.socket, { pid, by: end });
    }
    const pid = await askToStop(paths);
    return stoppedLine(paths.socket, { pid, by: "asked" });
  } catch (error) {
    throw await explained(error, paths);
  }
}

/** Of a hub that does not answer: what to do about it here. */
async function explained(error: unknown, paths: HubPaths): Promise<unknown> {
  if (!(error instanceof HubSilentError)) return error;
  return silentFailure(paths, error.pid, await isThere(paths.socket));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
