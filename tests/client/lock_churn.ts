/**
 * A thread that takes locks and gives them back, until it is told that it is over.
 *
 * @module
 */

/// <reference lib="deno.worker" />

/** What it is told at its start. */
export interface Churn {
  readonly directory: string;
  /** Not 0 once it is over. */
  readonly over: Int32Array;
}

/** Locks at a time: as many as fit one piece of the system's list, beside those of others. */
const LOCKS = 30;

self.onmessage = ({ data: { directory, over } }: MessageEvent<Churn>) => {
  while (Atomics.load(over, 0) === 0) {
    const files = Array.from({ length: LOCKS }, (_, at) => {
      const file = Deno.openSync(`${directory}/other${at}`, { create: true, write: true });
      file.lockSync(true);
      return file;
    });
    for (const file of files) file.close();
    self.postMessage("a round");
  }
  self.postMessage("over");
};
