/**
 * Looking after what a hub needs all its life.
 *
 * @module
 */

import type { Log } from "./log.ts";

/** Milliseconds between two looks whether they are still there. */
const LOOK_MS = 2_000;

/** Milliseconds between two touches: runtime directories are swept of what is older than days. */
const TOUCH_MS = 6 * 3_600_000;

/** Something that a hub needs all its life. */
export interface Kept {
  /** What is wrong with it now, in a sentence; nothing where it is as it must be. */
  fault(): Promise<string | undefined> | string | undefined;
  /** What is said of it when it is as it must be again. */
  readonly recovered: string;
  /** Makes it look used. */
  touch?(): Promise<void>;
}

/** A file that a hub is found by. */
export interface KeptFile {
  /** What it is, and where. */
  readonly name: string;
  /** What its loss means, and what to do. */
  readonly loss: string;
  isInPlace(): boolean | Promise<boolean>;
  touch(): Promise<void>;
}

/** A file that must stay in its place. */
export function keptFile(file: KeptFile): Kept {
  return {
    recovered: `${file.name} is back`,
    async fault() {
      return await isInPlace(file)
        ? undefined
        : `${file.name} was removed or replaced: ${file.loss}`;
    },
    touch: () => file.touch(),
  };
}

/**
 * Says in the log when something has gone wrong with one of them, once, and when it is well again.
 * Nothing is made anew: whoever took a file away may have had a reason, and what lies there is not
 * ours.
 */
export class Upkeep {
  readonly #faults = new Map<Kept, string>();
  #touchedAt: number;
  #isOver = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly all: readonly Kept[],
    private readonly log: Log,
    private readonly now: () => number,
  ) {
    this.#touchedAt = now();
  }

  /** What was wrong at the last look. */
  get faults(): string[] {
    return [...this.#faults.values()];
  }

  /** Looks every {@linkcode LOOK_MS}. Returns how to end that. */
  start(): () => void {
    const timer = setInterval(() => void this.look(), LOOK_MS);
    return () => {
      clearInterval(timer);
      // A look may be under way: what the hub itself removes from now on is not lost.
      this.#isOver = true;
    };
  }

  /** Looks once, and touches what is well where that is due. */
  async look(): Promise<void> {
    const isTouchDue = this.now() - this.#touchedAt >= TOUCH_MS;
    if (isTouchDue) this.#touchedAt = this.now();
    for (const kept of this.all) {
      const fault = await kept.fault();
      if (this.#isOver) return;
      if (fault === undefined && isTouchDue) await kept.touch?.().catch(() => {});
      this.#note(kept, fault);
    }
  }

  #note(kept: Kept, fault: string | undefined): void {
    const isNew = fault !== undefined && !this.#faults.has(kept);
    if (fault !== undefined) this.#faults.set(kept, fault);
    else if (this.#faults.delete(kept)) this.log.line(kept.recovered);
    if (isNew) this.log.line(fault);
  }
}

async function isInPlace(file: KeptFile): Promise<boolean> {
  try {
    return await file.isInPlace();
  } catch {
    // A path that cannot even be looked at leads nobody here.
    return false;
  }
}
