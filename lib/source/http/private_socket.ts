/**
 * A socket in a directory that nobody but this user can enter.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import type { SystemClocks } from "../../platform/clocks.ts";

/** What the names of such directories begin with. */
const PREFIX = "bus-http-";

/** Milliseconds after which a directory in whose socket nobody listens is one that was left behind. */
const LEFT_MS = 60_000;

/** A directory for a socket, in the temporary one. It is to be removed. */
export class PrivateSocket {
  private constructor(private readonly directory: string) {}

  /**
   * Makes one, and removes those that others left behind who were killed.
   *
   * @param parent the directory in which they are; the temporary one if absent
   * @throws what the system says
   */
  static async make(
    clocks: Pick<SystemClocks, "wall">,
    parent?: string,
  ): Promise<PrivateSocket> {
    const where = parent === undefined ? {} : { dir: parent };
    const directory = await Deno.makeTempDir({ prefix: PREFIX, ...where });
    const own = new PrivateSocket(directory);
    await own.#removeOthers(clocks.wall() - LEFT_MS).catch(() => {});
    return own;
  }

  /** Where the socket is to be. */
  get path(): string {
    return `${this.directory}/http.sock`;
  }

  /** Removes it, as far as it is there. */
  async remove(): Promise<void> {
    await Deno.remove(this.directory, { recursive: true }).catch(() => {});
  }

  async #removeOthers(before: number): Promise<void> {
    const parent = dirname(this.directory);
    const { uid } = await Deno.lstat(this.directory);
    for await (const { name, isDirectory } of Deno.readDir(parent)) {
      if (!isDirectory || !name.startsWith(PREFIX)) continue;
      const other = new PrivateSocket(`${parent}/${name}`);
      const { uid: owner, mtime } = await Deno.lstat(other.directory);
      const isOld = mtime !== null && mtime.getTime() < before;
      if (owner === uid && isOld && !await other.#isHeard()) await other.remove();
    }
  }

  /** Whether somebody listens. */
  async #isHeard(): Promise<boolean> {
    try {
      (await Deno.connect({ transport: "unix", path: this.path })).close();
      return true;
    } catch (error) {
      const isSilent = error instanceof Deno.errors.ConnectionRefused ||
        error instanceof Deno.errors.NotFound;
      return !isSilent;
    }
  }
}
