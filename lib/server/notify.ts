/**
 * Telling the service manager how the hub is, as sd_notify(3) has it.
 *
 * @module
 */

import { SYSTEM_CLOCKS } from "../platform/clocks.ts";
import { within } from "../platform/within.ts";
import { systemReason } from "../platform/system_reason.ts";

/** Milliseconds that a service manager has to take what it is told. */
const TELLING_MS = 1_000;

/** What a service manager is told. */
export type Notice = "READY=1" | "STOPPING=1";

/**
 * Tells the service manager that started this process, where `$NOTIFY_SOCKET` names one.
 *
 * @param directory where the datagram's own end may be bound for a moment, private to the user
 * @returns what went wrong, for the log; a hub does not fail for it
 */
export async function notify(
  notice: Notice,
  socket: string | undefined,
  directory: string,
): Promise<string | undefined> {
  if (!socket) return undefined;
  const own = `${directory}/.notify-${Deno.pid}`;
  try {
    const end = Deno.listenDatagram({ transport: "unixpacket", path: own });
    try {
      // An abstract address is written with an @ and begins with a NUL.
      const path = socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
      let isTold = false;
      const telling = end.send(new TextEncoder().encode(notice), { transport: "unixpacket", path })
        .then(() => void (isTold = true));
      await within(SYSTEM_CLOCKS, TELLING_MS, telling);
      if (isTold) return undefined;
      // Its end comes when nobody listens any more.
      telling.catch(() => {});
      return `cannot tell ${socket} ${notice}: nobody takes it`;
    } finally {
      end.close();
      await Deno.remove(own).catch(() => {});
    }
  } catch (error) {
    return `cannot tell ${socket} ${notice}: ${systemReason(error)}`;
  }
}
