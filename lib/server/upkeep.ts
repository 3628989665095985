/**
 * Looking after the files that a hub is found by.
 *
 * @module
 */

import type { Log } from "./log.ts";

/** Milliseconds between two looks whether they are still there. */
const LOOK_MS = 2_000;

/** Milliseconds between two touches: runtime directories are swept of what is older than days. */
const TOUCH_MS = 6 * 3_600_000;

/** A file that a hub is found by. */
export interface KeptFile {
  /** What it is, and where. */
  readonly name: string;
  /** What its loss means, and what to do. */
  readonly loss: string;
  isInPlace(): boolean | Promise<boolean>;
  touch(): Promise<void>;
}

/**
 * Says in the log when one of the files has been removed or replaced, once, and when it is back.
 * Nothing is made anew: whoever took it away may have had a reason, and what lies there is not ours.
 */
export class Upkeep {
  readonly #lost = new Set<KeptFile>();
  #touchedAt: number;
  #isOver = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly files: readonly KeptFile[],
    private readonly log: Log,
    private readonly now: () => number,
  ) {
    this.#touchedAt = now();
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

  /** Looks once, and touches the files where that is due. */
  async look(): Promise<void> {
    const isTouchDue = this.now() - this.#touchedAt >= TOUCH_MS;
    if (isTouchDue) this.#touchedAt = this.now();
    for (const file of this.files) {
      const isThere = await isInPlace(file);
      if (this.#isOver) return;
      if (isThere && isTouchDue) await file.touch().catch(() => {});
      if (isThere === !this.#lost.has(file)) continue;
      if (isThere) {
        this.#lost.delete(file);
        this.log.line(`${file.name} is back`);
      } else {
        this.#lost.add(file);
        this.log.line(`${file.name} was removed or replaced: ${file.loss}`);
      }
    }
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
