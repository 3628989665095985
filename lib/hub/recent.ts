/**
 * The event ids seen lately, so that an event sent twice is routed once.
 *
 * @module
 */

import { RECENT_BYTES, RECENT_IDS, RECENT_MS } from "./limits.ts";

interface Seen {
  at: number;
  bytes: number;
}

/** A bounded memory: what was first seen longest ago is forgotten first. */
export class Recent {
  // In order of first sight, for a Map keeps the order of insertion.
  readonly #seen = new Map<string, Seen>();
  readonly #encoder = new TextEncoder();
  #bytes = 0;

  /** Ids remembered now. */
  get size(): number {
    return this.#seen.size;
  }

  /**
   * Notes an id. The string is kept, so it must not be a slice of a larger text.
   *
   * @param now the hub's time, in milliseconds
   * @returns whether it was seen before
   */
  note(id: string, now: number): boolean {
    this.#forget(now);
    if (this.#seen.has(id)) return true;
    const bytes = this.#encoder.encode(id).length;
    this.#seen.set(id, { at: now, bytes });
    this.#bytes += bytes;
    if (this.#seen.size > RECENT_IDS || this.#bytes > RECENT_BYTES) this.#forget(now);
    return false;
  }

  #forget(now: number): void {
    for (const [id, { at, bytes }] of this.#seen) {
      const old = now - at >= RECENT_MS;
      if (!old && this.#seen.size <= RECENT_IDS && this.#bytes <= RECENT_BYTES) return;
      this.#seen.delete(id);
      this.#bytes -= bytes;
    }
  }
}
