/**
 * Hubs that are short of something, or have more of it than is usual.
 *
 * @module
 */

import { descriptors } from "../../lib/platform/descriptors.ts";
import { type Place, PROGRAM } from "../e2e/kit.ts";
import type { Running } from "../e2e/running.ts";

/** Raises the limit of descriptors to what many connections need, or as far as it goes. */
export const MANY_DESCRIPTORS = 'ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -Hn)"';

/** Descriptors that a process needs beside its connections. */
const BESIDES = 60;

/** Why a hub and a crowd cannot have so many connections here, where they cannot. */
export function tooMany(connections: number, hub: Running): string | undefined {
  const allowed = Math.min(
    descriptors(hub.pid)?.limit ?? Infinity,
    // A crowd raises its own limit as far as it goes.
    descriptors()?.hardLimit ?? Infinity,
  );
  if (allowed >= connections + BESIDES) return undefined;
  return `${connections} connections do not fit into ${allowed} descriptors`;
}

/**
 * Starts a hub in a place, in a process that has dealt with a line of shell first.
 *
 * @param first for example `ulimit -n 64`
 */
export async function serveUnder(
  place: Place,
  first: string,
  flags: string[] = [],
): Promise<Running> {
  const script = `${place.directory}/serve.sh`;
  await Deno.writeTextFile(script, `#!/bin/sh\n${first}\nexec "${PROGRAM}" "$@"\n`);
  await Deno.chmod(script, 0o700);
  return await place.serve(flags, { command: script });
}
