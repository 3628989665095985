/**
 * Telling the service manager how the hub is, as sd_notify(3) has it.
 *
 * @module
 */

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
      await end.send(new TextEncoder().encode(notice), { transport: "unixpacket", path });
    } finally {
      end.close();
      await Deno.remove(own).catch(() => {});
    }
  } catch (error) {
    return `cannot tell ${socket} ${notice}: ${error instanceof Error ? error.message : error}`;
  }
}
