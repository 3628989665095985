/**
 * The hub's socket.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { hubCommand } from "../platform/hub_command.ts";
import { type HubPaths, pathHash, socketPathLimit } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { ownerOf } from "../platform/safety.ts";
import { underMask } from "../platform/umask.ts";
import { cannot } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";

/** Attempts at a socket of the right mode. */
const BIND_ATTEMPTS = 10;

/** A listener at its path. All of it is to be used only while the hub's lock is held. */
export class Listener {
  readonly #listener: Deno.UnixListener;
  readonly #path: string;
  readonly #identity: Deno.FileInfo;
  #closed = false;

  private constructor(listener: Deno.UnixListener, path: string, identity: Deno.FileInfo) {
    this.#listener = listener;
    this.#path = path;
    this.#identity = identity;
  }

  /**
   * Binds the socket, mode 0600 from its first moment, in the place of one that a killed hub left.
   *
   * It is bound under another name and renamed into place. That replaces a stale socket in one step;
   * and a listener removes whatever lies at the name it was bound to when it closes, which is then
   * never what a successor has put at the path.
   *
   * @throws {BusError} `unsafe_path` where something else lies there, which is left alone;
   * `hub_running` where somebody still listens there, whose lock was removed
   */
  static async bind(paths: HubPaths): Promise<Listener> {
    const { socket } = paths;
    if (leaveOthersAlone(socket) && await isListenedTo(socket)) {
      const reason = `another hub listens on ${printable(socket)}, though its lock is gone`;
      throw new BusError("hub_running", reason, `stop it with: ${hubCommand("stop", paths)}`);
    }
    const first = bindingName(socket);
    const listener = listenPrivately(first);
    try {
      // Before it has the name that others know, and could put something else at.
      const identity = Deno.lstatSync(first);
      Deno.renameSync(first, socket);
      return new Listener(listener, socket, identity);
    } catch (error) {
      listener.close();
      throw error;
    }
  }

  /** The next connection; nothing once the listener is closed. Throws what the system says. */
  async accept(): Promise<Deno.UnixConn | undefined> {
    try {
      return await this.#listener.accept();
    } catch (error) {
      if (this.#closed) return undefined;
      throw error;
    }
  }

  /** Takes no more connections, and removes the socket if it is still the one that was bound. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.isInPlace()) Deno.removeSync(this.#path);
    } catch {
      // Its directory was closed to us. Nobody listens there any more, and the next hub replaces it.
    }
    this.#listener.close();
  }

  /** Makes the socket look used, for those who sweep away what is old. */
  async touch(): Promise<void> {
    await Deno.utime(this.#path, new Date(), new Date());
  }

  /** Whether the path is still the socket that was bound. */
  isInPlace(): boolean {
    try {
      const { dev, ino } = Deno.lstatSync(this.#path);
      return dev === this.#identity.dev && ino === this.#identity.ino;
    } catch {
      return false;
    }
  }
}

/**
 * A name in the same directory to bind a socket under. It is the same for every hub of this socket,
 * so that one that is killed before it has renamed it leaves nothing that its successor does not
 * clear; and nobody else's, for whatever lies there when the listener is closed goes. It is no longer
 * than a path may be.
 */
export function bindingName(socket: string): string {
  const directory = dirname(socket);
  const room = socketPathLimit(Deno.build.os) - new TextEncoder().encode(`${directory}/`).length;
  const name = pathHash(socket);
  return `${directory}/${room === 1 ? name.slice(0, 1) : `.${name}`.slice(0, room)}`;
}

/** Whether a socket lies at a path. Anything else there is refused. */
function leaveOthersAlone(path: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  if (info.isSocket && info.uid === Deno.uid()) return true;
  const what = info.isSocket ? `belongs to ${ownerOf(info)}` : "is no socket";
  throw new BusError(
    "unsafe_path",
    `${printable(path)} ${what}; it was left alone`,
    "choose another path with --socket",
  );
}

/** Whether a socket is more than a file that a killed hub has left. */
async function isListenedTo(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    // A hub that hangs takes no connections either, and is there all the same.
    return error instanceof Deno.errors.WouldBlock;
  }
}

/**
 * Listens on a socket of mode 0600, in the place of one that a killed hub left. The mask is the whole
 * process's: where another thread sets it in the same moment the mode can be another one, and the
 * socket, which nobody knows yet, is made again.
 */
export function listenPrivately(path: string): Deno.UnixListener {
  if (leaveOthersAlone(path)) Deno.removeSync(path);
  for (let attempt = 1;; attempt++) {
    const listener = listenUnderMask(path);
    if (((Deno.lstatSync(path).mode ?? 0) & 0o777) === 0o600) return listener;
    listener.close();
    if (attempt === BIND_ATTEMPTS) {
      throw new BusError("failed", `cannot listen on ${printable(path)} for its user alone`);
    }
  }
}

function listenUnderMask(path: string): Deno.UnixListener {
  try {
    return underMask(0o177, () => Deno.listen({ transport: "unix", path }));
  } catch (error) {
    throw cannot("listen on", path, error);
  }
}
