/**
 * A socket that somebody else has bound and hands on, as systemd does (`LISTEN_FDS`).
 *
 * @module
 */

import { createServer, type Server as NodeServer, type Socket } from "node:net";
import { BusError } from "../protocol/errors.ts";
import type { ByteEnds } from "../platform/byte_ends.ts";
import { printable } from "../platform/printable.ts";
import { PolledListener } from "./polled_listener.ts";
import { SocketEnds } from "./socket_ends.ts";

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
 * Connections from a socket that was handed on. `Deno.listen` takes no descriptor, so this goes
 * through `node:net`, for this case alone; and where that does not take one either, through the
 * system's own calls.
 *
 * It belongs to who made it: closing takes no more connections here and leaves the socket in place.
 */
export class InheritedListener {
  readonly #server: NodeServer;
  #arrived: Socket[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  private constructor(server: NodeServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#arrived.push(socket);
      this.#wake?.();
    });
  }

  /**
   * Listens on the descriptor.
   *
   * @throws {BusError} `failed` where it is no listening socket
   */
  static async open(): Promise<InheritedListener | PolledListener> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const listener = new InheritedListener(server);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen({ fd: FIRST_DESCRIPTOR }, resolve);
    try {
      await promise;
      return listener;
    } catch {
      return openPolled();
    }
  }

  /** The next connection; nothing once this is closed. */
  async accept(): Promise<ByteEnds | undefined> {
    while (this.#arrived.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const socket = this.#arrived.shift();
    return socket && new SocketEnds(socket);
  }

  /** Takes no more connections. */
  close(): void {
    this.#closed = true;
    this.#server.close();
    this.#wake?.();
  }
}

function openPolled(): PolledListener {
  try {
    return new PolledListener(FIRST_DESCRIPTOR);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BusError(
      "failed",
      `descriptor ${FIRST_DESCRIPTOR}, handed on, cannot be listened on: ${printable(reason)}`,
    );
  }
}
