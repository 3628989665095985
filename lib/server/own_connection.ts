/**
 * A connection of a hub with itself.
 *
 * @module
 */

import type { HubPaths } from "../platform/paths.ts";
import { bindingName, listenPrivately } from "./listener.ts";

/**
 * What a hub looks by that has no connection with itself: it waits for another thread, whatever that
 * answers. The answer may be there before the runtime has begun to wait, which then does not look.
 */
export async function askAnotherThread(): Promise<void> {
  await Deno.stat("/");
}

/**
 * A byte goes one way through the system, and is there when the runtime has looked at its sockets:
 * so whoever waits for it knows that it has.
 */
export class OwnConnection {
  readonly #byte = new Uint8Array(1);

  private constructor(
    private readonly near: Deno.UnixConn,
    private readonly far: Deno.UnixConn,
  ) {}

  /**
   * Makes one by a socket that lies beside the hub's for a moment, under the name that the hub's own
   * has before it is put in place. To be used only while the hub's lock is held.
   *
   * @throws what the system says; a hub can do without
   */
  static async open(paths: HubPaths): Promise<OwnConnection> {
    const path = bindingName(paths.socket);
    using listener = listenPrivately(path);
    const near = await Deno.connect({ transport: "unix", path });
    return new OwnConnection(near, await listener.accept());
  }

  /** Sends a byte and waits until it is there. */
  async look(): Promise<void> {
    const arrived = this.far.read(this.#byte);
    await this.near.write(this.#byte);
    await arrived;
  }

  /** Ends it, and whatever look is under way. */
  close(): void {
    this.near.close();
    this.far.close();
  }
}
