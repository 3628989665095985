/**
 * Waiting for a change of state in the same program.
 *
 * @module
 */

/**
 * Wakes everybody who waits. It remembers nothing: who waits looks at the state before, and again
 * after.
 */
export class Wakeup {
  #waiting: (() => void)[] = [];

  /** Resolves at the next {@linkcode wake}. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Something has changed. */
  wake(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
