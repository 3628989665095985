/**
 * What `bus stop` says: pure functions of what happened.
 *
 * @module
 */

import type { Stopped } from "../client/control.ts";
import { TERM_MS } from "../client/deadline.ts";
import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import { hubName } from "./hub_lines.ts";

/** How a hub was stopped. */
export function stoppedLine(socket: string, { pid, by }: Stopped): string {
  const hub = hubName(socket, pid);
  switch (by) {
    case "asked":
      return `stopped ${hub}`;
    case "terminated":
      return `ended ${hub} by SIGTERM`;
    case "killed":
      return `killed ${hub}: it did not end within ${TERM_MS / 1000} s of SIGTERM`;
  }
}

/**
 * A hub does not answer, or has no socket to ask it on.
 *
 * @param pid its process, where that is known
 * @param hasSocket whether something lies in the place of its socket
 */
export function silentFailure(
  paths: HubPaths,
  pid: number | undefined,
  hasSocket: boolean,
): BusError {
  const hint = `end it with: ${hubCommand("stop --force", paths)}`;
  if (hasSocket || pid === undefined) {
    return new BusError("hub_silent", `${hubName(paths.socket, pid)} does not answer`, hint);
  }
  const [socket, lock] = [printable(paths.socket), printable(paths.lock)];
  const reason = `the socket ${socket} is gone, but process ${pid} still holds ${lock}`;
  return new BusError("hub_silent", reason, hint);
}
