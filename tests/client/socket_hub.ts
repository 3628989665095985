/**
 * A scripted hub on a real socket, with a lock.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { ScriptedHub } from "./scripted_hub.ts";

/** Where a test's hub lies: in a directory that is removed afterwards. */
export class SocketPlace implements AsyncDisposable {
  private constructor(readonly paths: HubPaths) {}

  static async make(): Promise<SocketPlace> {
    const directory = await Deno.makeTempDir();
    const socket = `${directory}/x.sock`;
    return new SocketPlace({
      socket,
      lock: `${socket}.lock`,
      directory,
      ownDirectory: false,
      log: `${directory}/x.log`,
    });
  }

  /** Takes the lock, as a hub does before it listens. */
  async lock(): Promise<Deno.FsFile> {
    const file = await Deno.open(this.paths.lock, { create: true, read: true, write: true });
    assertEquals(await file.tryLock(true), true);
    return file;
  }

  listen(): Deno.UnixListener {
    return Deno.listen({ transport: "unix", path: this.paths.socket });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.paths.directory, { recursive: true });
  }
}

/** The next connection, played by a script. */
export async function accept(listener: Deno.UnixListener): Promise<ScriptedHub> {
  return new ScriptedHub(await listener.accept());
}
