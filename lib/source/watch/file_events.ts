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
import { takeThreadRoom } from "../../platform/thread_room.ts";

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
  | { readonly lapse: string | undefined }
  | { readonly ended: true };

/** What that thread is told: to listen, or to end. */
export type Errand = ListenedFolders | { readonly end: true };

/** Milliseconds that the system has to begin: some ten thousand folders take a few seconds. */
const BEGIN_MS = 30_000;

/** Milliseconds that the thread has to end. */
const END_MS = 2_000;

/** What {@linkcode FileEvents} needs. */
export interface FileEventsOptions {
  readonly listener: FileListener;
  readonly clocks: SystemClocks;
  /** When it fires nobody waits for the beginning any more. */
  readonly signal: AbortSignal;
}

/**
 * Listens to folders. A pipe that is made in one can make it deaf, and the system itself loses some of
 * what happens. So whoever has to know looks for himself now and then.
 */
export class FileEvents {
  #isOver = false;
  readonly #ended = Promise.withResolvers<void>();

  private constructor(private readonly worker: Worker, private readonly clocks: SystemClocks) {}

  /** @throws {BusError} `failed`: one of the folders cannot be watched, or no thread can be had */
  static async open(
    folders: ListenedFolders,
    { listener, clocks, signal }: FileEventsOptions,
  ): Promise<FileEvents> {
    const letGo = takeThreadRoom();
    const worker = new Worker(new URL("./listening_worker.ts", import.meta.url), {
      type: "module",
    });
    const events = new FileEvents(worker, clocks);
    const begun = Promise.withResolvers<BusError | undefined>();
    worker.addEventListener("message", ({ data }: MessageEvent<Hearsay>) => {
      letGo();
      if ("ended" in data) events.#ended.resolve();
      else if (events.#isOver) return;
      else if ("paths" in data) listener.onPaths(data.paths);
      else if ("lapse" in data) listener.onLapse(data.lapse);
      else begun.resolve("listens" in data ? undefined : refusal(folders, data));
    });
    worker.addEventListener("error", (event) => {
      // Else it would be thrown in the thread of the hub.
      event.preventDefault();
      letGo();
      events.#ended.resolve();
      if (!events.#isOver) listener.onLapse(event.message);
    });
    events.#tell(folders);
    let hasAnswered = false;
    let error: BusError | undefined;
    const beginning = begun.promise.then((refused) => {
      hasAnswered = true;
      error = refused;
    });
    await orAborted(within(clocks, BEGIN_MS, beginning), signal);
    if (error) {
      await events.close();
      throw error;
    }
    const isLate = !hasAnswered && !signal.aborted;
    if (isLate) {
      listener.onLapse(`the system has not begun to tell of them in ${BEGIN_MS / 1000} s`);
    }
    return events;
  }

  /**
   * Nothing is heard any more. Resolves when the thread ends: one that does so by itself leaves no
   * descriptors behind, one that is ended by another can.
   */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#tell({ end: true });
    let hasEnded = false;
    const end = this.#ended.promise.then(() => hasEnded = true);
    await within(this.clocks, END_MS, end);
    if (!hasEnded) this.worker.terminate();
  }

  #tell(errand: Errand): void {
    this.worker.postMessage(errand);
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
