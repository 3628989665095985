/**
 * How long a hub lets one wait who only asks how it is.
 *
 * @module
 */

/** What a {@linkcode StallMeter} has seen. */
export interface Stalls {
  /** Questions that were answered. */
  readonly answers: number;
  /** Milliseconds of the longest wait, from the connection to the whole answer. */
  readonly longest: number;
  /** Milliseconds below which 99 of 100 waits stayed. */
  readonly p99: number;
  /** Questions that got no whole `status_response`, and why. */
  readonly failures: readonly string[];
}

/** Asks from a thread of its own, so that who makes the load does not count. */
export class StallMeter implements Disposable {
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<Stalls>();

  /** @param socket the hub's; it is asked each 50 ms until the meter is ended */
  constructor(socket: string) {
    this.#worker = new Worker(new URL("./stall_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Stalls>) => this.#ended.resolve(data);
    this.#worker.onerror = (event) => this.#ended.reject(new Error(event.message));
    this.#worker.postMessage({ socket });
  }

  /** Ends the asking. */
  async end(): Promise<Stalls> {
    this.#worker.postMessage("end");
    const stalls = await this.#ended.promise;
    this.#worker.terminate();
    return stalls;
  }

  /** Asks no more, where it was not ended. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
