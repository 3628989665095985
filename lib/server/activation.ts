/**
 * A socket that somebody else has bound and hands on, as systemd does (`LISTEN_FDS`).
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { PolledListener } from "./polled_listener.ts";

/** The first descriptor that is handed on; sd_listen_fds(3) says so. */
const FIRST_DESCRIPTOR = 3;

/**
 * Whether a socket is handed to this process.
 *
 * @throws {BusError} `failed` where there are several: a hub has one
 */
export function hasInheritedSocket(
  env: { get(name: string): string | undefined },
  pid: number,
): boolean {
  const count = env.get("LISTEN_FDS") || "0";
  // Meant for another process where the pid is another; systemd always gives it.
  if (count === "0" || Number(env.get("LISTEN_PID")) !== pid) return false;
  if (count === "1") return true;
  throw new BusError("failed", `${printable(count)} sockets are handed to this hub, it serves one`);
}

/**
 * Listens on the descriptor that is handed on. It belongs to who made it: closing takes no more
 * connections here and leaves the socket in place.
 *
 * @throws {BusError} `failed` where it is no listening socket
 */
export function openInherited(): PolledListener {
  try {
    return new PolledListener(FIRST_DESCRIPTOR);
  } catch (error) {
    const reason = systemReason(error);
    throw new BusError(
      "failed",
      `descriptor ${FIRST_DESCRIPTOR}, handed on, cannot be listened on: ${reason}`,
    );
  }
}
