/**
 * What the system says of files that change: a hint of where to look, not the truth.
 *
 * @module
 */

import { orAborted } from "../../platform/aborted.ts";
import type { SystemClocks } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { within } from "../../platform/within.ts";
import { BusError } from "../../protocol/errors.ts";

/** The folders that are listened to, by whether that goes for what lies below them, too. */
export interface ListenedFolders {
  readonly deep: readonly string[];
  readonly flat: readonly string[];
}

/** Who hears it. */
export interface FileListener {
  /** Something has happened at paths, which begin as the folders do; at two if one became the other. */
  onPaths(paths: readonly string[]): void;
  /** Something may have happened anywhere: not all was heard. The reason is for people. */
  onLapse(reason?: string): void;
}

/** What the thread that listens says. */
export type Hearsay =
  | { readonly listens: true }
  | { readonly refusal: string; readonly reason: string }
  | { readonly paths: readonly string[] }
  | { readonly lapse: string | undefined };

/** Milliseconds that the system has to begin: some ten thousand folders take a few seconds. */
const BEGIN_MS = 30_000;

/** What {@linkcode FileEvents} needs. */
export interface FileEventsOptions {
  readonly listener: FileListener;
  readonly clocks: SystemClocks;
  /** When it fires nobody waits for the beginning any more. */
  readonly signal: AbortSignal;
}

/**
 * Listens to folders. All listeners of the process share one of the system's: where two listen to the
 * same folder, and one of them to what lies below it too, the other's end can make it deaf; so can a
 * pipe that is made in one. So whoever has to know looks for himself now and then.
 */
export class FileEvents {
  private constructor(private readonly worker: Worker) {}

  /** @throws {BusError} `failed`: one of the folders cannot be watched */
  static async open(
    folders: ListenedFolders,
    { listener, clocks, signal }: FileEventsOptions,
  ): Promise<FileEvents> {
    const worker = new Worker(new URL("./listening_worker.ts", import.meta.url), {
      type: "module",
    });
    const begun = Promise.withResolvers<BusError | undefined>();
    worker.addEventListener("message", ({ data }: MessageEvent<Hearsay>) => {
      if ("paths" in data) listener.onPaths(data.paths);
      else if ("lapse" in data) listener.onLapse(data.lapse);
      else begun.resolve("listens" in data ? undefined : refusal(folders, data));
    });
    worker.addEventListener("error", (event) => {
      // Else it would be thrown in the thread of the hub.
      event.preventDefault();
      listener.onLapse(event.message);
    });
    worker.postMessage(folders);
    let hasAnswered = false;
    let error: BusError | undefined;
    const beginning = begun.promise.then((refused) => {
      hasAnswered = true;
      error = refused;
    });
    await orAborted(within(clocks, BEGIN_MS, beginning), signal);
    if (error) {
      worker.terminate();
      throw error;
    }
    const isLate = !hasAnswered && !signal.aborted;
    if (isLate) {
      listener.onLapse(`the system has not begun to tell of them in ${BEGIN_MS / 1000} s`);
    }
    return new FileEvents(worker);
  }

  /** Nothing is heard any more. */
  close(): void {
    this.worker.terminate();
  }
}

function refusal(
  { deep, flat }: ListenedFolders,
  { refusal, reason }: { readonly refusal: string; readonly reason: string },
): BusError {
  const what = `${printable([...deep, ...flat].join(", "), 300)} cannot be watched`;
  // There is no code to tell them by.
  if (/watch limit|os error 28\b/.test(refusal)) {
    return new BusError(
      "failed",
      `${what}: there are more folders than the system watches for one user`,
      "raise fs.inotify.max_user_watches, with sysctl",
    );
  }
  if (/os error 24\b/.test(refusal)) {
    return new BusError(
      "failed",
      `${what}: too many files are open, or too many programs of this user watch files`,
      "raise fs.inotify.max_user_instances, with sysctl, or ulimit -n",
    );
  }
  return new BusError("failed", `${what}: ${reason}`);
}
