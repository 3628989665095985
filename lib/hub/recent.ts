/**
 * The event ids seen lately, so that an event sent twice is routed once.
 *
 * @module
 */

import { RECENT_BYTES, RECENT_IDS, RECENT_MS } from "./limits.ts";

interface Seen {
  readonly id: string;
  readonly at: number;
  readonly bytes: number;
}

/** Forgotten ones that may stand at the head of the row before it is cut. */
const MOST_GONE = 4_096;

/** A bounded memory: what was first seen longest ago is forgotten first. */
export class Recent {
  readonly #ids = new Set<string>();
  // In order of first sight. A Set would tell the order too, but to find its first one again and again
  // takes long: it goes by the places of all that were taken out before it.
  readonly #row: (Seen | undefined)[] = [];
  #first = 0;
  readonly #encoder = new TextEncoder();
  #bytes = 0;

  /** Ids remembered now. */
  get size(): number {
    return this.#ids.size;
  }

  /**
   * Notes an id. The string is kept, so it must not be a slice of a larger text.
   *
   * @param now the hub's time, in milliseconds
   * @returns whether it was seen before
   */
  note(id: string, now: number): boolean {
    this.#forget(now);
    if (this.#ids.has(id)) return true;
    const bytes = this.#encoder.encode(id).length;
    this.#ids.add(id);
    this.#row.push({ id, at: now, bytes });
    this.#bytes += bytes;
    if (this.#isFull) this.#forget(now);
    return false;
  }

  get #isFull(): boolean {
    return this.#ids.size > RECENT_IDS || this.#bytes > RECENT_BYTES;
  }

  #forget(now: number): void {
    for (let seen = this.#row[this.#first]; seen; seen = this.#row[this.#first]) {
      if (now - seen.at < RECENT_MS && !this.#isFull) break;
      this.#ids.delete(seen.id);
      this.#bytes -= seen.bytes;
      this.#row[this.#first++] = undefined;
    }
    if (this.#first < MOST_GONE) return;
    this.#row.splice(0, this.#first);
    this.#first = 0;
  }
}
