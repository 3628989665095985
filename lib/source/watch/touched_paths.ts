/**
 * Paths at which something has happened, until they have come to rest.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";

/** However often something happens at a path, it is looked at after so many milliseconds, or ... */
const LONGEST_MS = 1_000;

/** ... after so many times of rest, if that is longer. */
const LONGEST_RESTS = 10;

/** Moments of the monotonic clock. */
interface Touch {
  readonly first: number;
  last: number;
}

/** Holds paths until nothing has happened at them for a time. */
export class TouchedPaths {
  readonly #touches = new Map<string, Touch>();

  /**
   * Holds none.
   *
   * @param rest the time in which nothing is to happen, in milliseconds
   * @param most how many it holds
   */
  constructor(
    private readonly clocks: Pick<SystemClocks, "monotonic">,
    private readonly rest: number,
    private readonly most: number,
  ) {}

  /** How many there are. */
  get size(): number {
    return this.#touches.size;
  }

  /** When the next one is due, by the monotonic clock; never, where there is none. */
  get due(): number {
    let due = Infinity;
    for (const touch of this.#touches.values()) due = Math.min(due, this.#dueOf(touch));
    return due;
  }

  /** Whether a path is among them. */
  has(path: string): boolean {
    return this.#touches.has(path);
  }

  /** Notes that something has happened at paths; returns false where there are too many already. */
  touch(paths: readonly string[]): boolean {
    const now = this.clocks.monotonic();
    for (const path of paths) {
      const touch = this.#touches.get(path);
      if (touch) touch.last = now;
      else if (this.#touches.size >= this.most) return false;
      else this.#touches.set(path, { first: now, last: now });
    }
    return true;
  }

  /** Takes those that are due, in the order in which they were touched first. */
  take(): string[] {
    const now = this.clocks.monotonic();
    const due = [...this.#touches].filter(([, touch]) => this.#dueOf(touch) <= now);
    for (const [path] of due) this.#touches.delete(path);
    return due.map(([path]) => path);
  }

  /** Forgets all. */
  clear(): void {
    this.#touches.clear();
  }

  #dueOf({ first, last }: Touch): number {
    return Math.min(last + this.rest, first + Math.max(LONGEST_MS, LONGEST_RESTS * this.rest));
  }
}
