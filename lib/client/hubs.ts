/**
 * Finding every hub of this user.
 *
 * @module
 */

import { type HubPaths, hubPaths, runtimeDirectory } from "../platform/paths.ts";
import { checkOwnDirectory } from "../platform/safety.ts";
import { BusError } from "../protocol/errors.ts";
import type { StatusResponse } from "../protocol/messages.ts";
import { statusOf } from "./control.ts";
import { ANSWER_MS } from "./deadline.ts";
import { NoHubError, RefusedError } from "./errors.ts";
import { hubPid } from "./hub_lock.ts";

/** A hub of which there are files. */
export interface FoundHub {
  /** Its name. */
  readonly name: string;
  /** Where its files lie. */
  readonly paths: HubPaths;
  /**
   * `running`: it answers. `not_running`: only files are there; the next hub of that name takes
   * them over. `orphan`: a process holds its lock, or its socket, and does not answer.
   */
  readonly state: "running" | "not_running" | "orphan";
  /** Its process, where there is one and the system says which. */
  readonly pid?: number;
  /** What it says of itself. One that has no room for the question is running and has none. */
  readonly status?: StatusResponse;
  /** What came in the place of that, where it says more than that there is no hub. */
  readonly error?: BusError;
}

/**
 * Finds the hubs of this user that go by a name, in the order of their names; those whose socket was
 * put elsewhere are known to nobody. Takes a few seconds where one does not answer.
 *
 * @param env says where the runtime directory is
 * @param patience milliseconds that each hub has to answer
 * @throws {BusError} `unsafe_path` where the runtime directory could be somebody else's
 */
export async function hubs(
  env: Pick<Deno.Env, "get"> = Deno.env,
  patience: number = ANSWER_MS,
): Promise<FoundHub[]> {
  const directory = runtimeDirectory(env);
  if (await checkOwnDirectory(directory) === "absent") return [];
  const names = new Set<string>();
  for await (const entry of Deno.readDir(directory)) {
    const name = nameIn(entry.name);
    if (name !== undefined) names.add(name);
  }
  const found = [...names].sort().map(async (name) => {
    const paths = pathsOf(name, env);
    return paths && { name, paths, ...await look(paths, patience) };
  });
  return (await Promise.all(found)).filter((hub) => hub !== undefined);
}

/** The name of the hub that a file belongs to. A socket with a dot in front is about to be renamed. */
function nameIn(file: string): string | undefined {
  const [, name, suffix] = /^(.+)\.(lock|sock)$/s.exec(file) ?? [];
  return suffix === "sock" && name?.startsWith(".") ? undefined : name;
}

/** The paths of that name, whichever hub the environment says; none where it can be no hub's. */
function pathsOf(name: string, env: Pick<Deno.Env, "get">): HubPaths | undefined {
  const get = (variable: string) => variable === "BUS_SOCKET" ? undefined : env.get(variable);
  try {
    return hubPaths({ name }, { get });
  } catch (error) {
    if (error instanceof BusError) return undefined;
    throw error;
  }
}

async function look(
  paths: HubPaths,
  patience: number,
): Promise<Omit<FoundHub, "name" | "paths">> {
  try {
    const status = await statusOf(paths, patience);
    // Its own pid may be one that means nothing here, as in a container.
    return { state: "running", pid: await hubPid(paths) ?? status.pid, status };
  } catch (error) {
    if (error instanceof NoHubError) return { state: "not_running" };
    if (!(error instanceof BusError)) throw error;
    const pid = await hubPid(paths);
    const process = pid === undefined ? {} : { pid };
    if (error instanceof RefusedError) return { state: "running", ...process, error };
    const isHeld = pid !== undefined || error.code === "hub_silent";
    return { state: isHeld ? "orphan" : "not_running", ...process, error };
  }
}
