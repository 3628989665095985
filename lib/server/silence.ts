/**
 * Connections that say nothing.
 *
 * @module
 */

import { SILENT_MS } from "./limits.ts";

/** What must be known of a connection. */
export interface Speaker {
  /** Since when it has said nothing, in the hub's time; nothing once its first frame has come. */
  readonly silentSince: number | undefined;
  /** Its place is given to another; so many that came later keep theirs, though as silent. */
  giveUpPlace(others: number): void;
}

/**
 * Sees to it that no more are silent than may be. Those that are too many are given up at the second
 * look that finds them so: the hub may itself have been busy, and what they said wait to be read.
 */
export class Silence {
  #tooMany = false;

  /** @param most how many may be silent */
  constructor(private readonly most: number) {}

  /**
   * Looks once.
   *
   * @param all the connections, in the order in which they came
   * @param now the hub's time
   * @returns whether there are too many, so that the next look should come soon
   */
  look(all: Iterable<Speaker>, now: number): boolean {
    const silent: Speaker[] = [];
    for (const one of all) {
      if (one.silentSince !== undefined && now - one.silentSince >= SILENT_MS) silent.push(one);
    }
    const surplus = silent.length - this.most;
    if (surplus > 0 && this.#tooMany) {
      for (const longest of silent.slice(0, surplus)) longest.giveUpPlace(this.most);
    }
    this.#tooMany = surplus > 0 && !this.#tooMany;
    return this.#tooMany;
  }
}
