/**
 * How much is done in one turn of the event loop.
 *
 * @module
 */

import { inNextTurn, nextTurn } from "../platform/turn.ts";

/**
 * The lines that may be dealt with in one turn, whoever sent them: a flood of the shortest ones would
 * otherwise make everybody wait who only asks how the hub is.
 */
export class LineBudget {
  #left: number;
  #isLifted = false;

  /** @param lines how many it may be, apart from the rest of those that begin within them */
  constructor(private readonly lines: number) {
    this.#left = lines;
  }

  /** Resolves when so many more may be dealt with; those who wait are served in their order. */
  async spend(lines: number): Promise<void> {
    while (this.#left <= 0 && !this.#isLifted) await nextTurn();
    // Asked for before anybody waits in this turn, so that it is renewed before they look again.
    if (this.#left === this.lines) inNextTurn(this.#renew);
    this.#left -= lines;
  }

  /** From now on nobody waits. */
  lift(): void {
    this.#isLifted = true;
  }

  readonly #renew = (): void => {
    this.#left = this.lines;
  };
}
