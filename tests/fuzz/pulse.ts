/**
 * How long a hub's loop stands still, from moment to moment.
 *
 * @module
 */

/** What was seen of a hub's loop. */
export interface Beats {
  /** Milliseconds of each way there and back, in order of length. */
  readonly waits: readonly number[];
}

/** Sends a `flush` each millisecond from a thread of its own, and waits for the answer. */
export class Pulse {
  readonly #worker: Worker;
  #answer = Promise.withResolvers<Beats>();

  private constructor(socket: string) {
    this.#worker = new Worker(new URL("./pulse_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Beats>) => this.#answer.resolve(data);
    this.#worker.onerror = (event) => this.#answer.reject(new Error(event.message));
    this.#worker.postMessage({ socket });
  }

  /** @param socket the hub's; resolves when it has answered */
  static async of(socket: string): Promise<Pulse> {
    const pulse = new Pulse(socket);
    while ((await pulse.beats()).waits.length === 0);
    return pulse;
  }

  /** The ways that have ended since it was asked last; the one under way is waited for. */
  async beats(): Promise<Beats> {
    this.#answer = Promise.withResolvers<Beats>();
    this.#worker.postMessage("beats");
    return await this.#answer.promise;
  }

  end(): void {
    this.#worker.terminate();
  }
}

/** The length below which so many of a hundred are. */
export function percentile({ waits }: Beats, hundredths: number): number {
  return waits[Math.min(waits.length - 1, Math.floor(waits.length * hundredths / 100))] ?? 0;
}
