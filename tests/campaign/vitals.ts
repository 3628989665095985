/**
 * What the system says of a hub's process over time.
 *
 * @module
 */

import type { Running } from "../e2e/running.ts";

/** Descriptors that a process has open. */
export function descriptorsOf({ pid }: Running): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** How often a hub is looked at, in milliseconds. */
const LOOK_MS = 100;

/** Memory and descriptors of a hub, from now to the end of the watch. */
export class Vitals {
  readonly #hub: Running;
  readonly #memory: number[] = [];
  readonly #descriptors: number[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(hub: Running) {
    this.#hub = hub;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Ends the watch. */
  end(): Steadiness {
    clearInterval(this.#timer);
    return {
      memory: fifths(this.#memory),
      descriptors: fifths(this.#descriptors),
    };
  }

  #look(): void {
    if (this.#hub.hasEnded) return;
    this.#memory.push(this.#hub.memory());
    this.#descriptors.push(descriptorsOf(this.#hub));
  }
}

/** The mean of each fifth of the time. */
export type Fifths = readonly [number, number, number, number, number];

/** How steady a hub was. */
export interface Steadiness {
  readonly memory: Fifths;
  readonly descriptors: Fifths;
}

function fifths(values: readonly number[]): Fifths {
  const mean = (fifth: number) => {
    const [from, to] = [fifth, fifth + 1].map((at) => Math.floor(at * values.length / 5));
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  };
  return [mean(0), mean(1), mean(2), mean(3), mean(4)];
}
