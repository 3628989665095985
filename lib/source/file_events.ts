/**
 * What the system says of files that change: a hint of where to look, not the truth.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { nextTurn } from "../platform/turn.ts";
import { BusError } from "../protocol/errors.ts";

/** Who hears it. */
export interface FileListener {
  /** Something has happened at paths, which begin as the folders do; at two if one became the other. */
  onPaths(paths: readonly string[]): void;
  /** Something may have happened anywhere: not all was heard. The reason is for people. */
  onLapse(reason?: string): void;
}

/**
 * Events that an older runtime holds; what comes while it holds so many is lost without a word. A newer
 * one holds more, and says so, but where it lost any there were so many waiting, too.
 */
const QUEUE = 16;

/**
 * Listens to folders. All listeners of the process share one of the system's: where two listen to the
 * same folder, and one of them to what lies below it too, the other's end can make it deaf. So whoever
 * has to know looks for himself now and then.
 */
export class FileEvents {
  readonly #watcher: Deno.FsWatcher;
  readonly #heard: Promise<void>;

  /** @throws {BusError} `failed`: one of the folders cannot be watched */
  constructor(folders: readonly string[], recursive: boolean, listener: FileListener) {
    try {
      this.#watcher = Deno.watchFs([...folders], { recursive });
    } catch (error) {
      throw refusal(folders, error);
    }
    this.#heard = this.#hear(listener);
  }

  /** Resolves when nobody listens any more. */
  async close(): Promise<void> {
    this.#watcher.close();
    await this.#heard;
  }

  async #hear(listener: FileListener): Promise<void> {
    const events = this.#watcher[Symbol.asyncIterator]();
    for (let waiting = 0;;) {
      const next = events.next().catch((error: unknown) => ({ error }));
      if (!await isThere(next)) waiting = 0;
      const heard = await next;
      if (++waiting >= QUEUE) listener.onLapse();
      if ("error" in heard) listener.onLapse(systemReason(heard.error));
      else if (heard.done) return;
      // That a file was closed, say: what was done to it before was said before.
      else if (heard.value.kind !== "access") listener.onPaths(heard.value.paths);
    }
  }
}

/** Whether something that was asked for had come already. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let isThere = false;
  void promise.then(() => isThere = true);
  await nextTurn();
  await nextTurn();
  return isThere;
}

function refusal(folders: readonly string[], error: unknown): BusError {
  const reason = systemReason(error);
  const what = `${printable(folders.join(", "), 300)} cannot be watched`;
  // There is no code to tell them by.
  const text = String(error);
  if (/watch limit|os error 28\b/.test(text)) {
    return new BusError(
      "failed",
      `${what}: there are more folders than the system watches for one user`,
      "raise fs.inotify.max_user_watches, with sysctl",
    );
  }
  if (/os error 24\b/.test(text)) {
    return new BusError(
      "failed",
      `${what}: too many files are open, or too many programs of this user watch files`,
      "raise fs.inotify.max_user_instances, with sysctl, or ulimit -n",
    );
  }
  return new BusError("failed", `${what}: ${reason}`);
}
