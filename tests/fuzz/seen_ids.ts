/**
 * Which event ids a hub remembers.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";
import { REMEMBERED_BYTES, REMEMBERED_IDS } from "./contract.ts";

/** What is known of an id: many publishers at once note theirs in an order that nobody sees. */
export type Knowledge = "new" | "seen" | "unsure";

/** The part of the memory within which, or beyond which, the order of a few ids may be unknown. */
const SLACK = 4;

const MINUTE_MS = 60_000;

/** Ids that are kept at hand to be sent again. */
const LATELY = 256;

const encoder = new TextEncoder();

interface Mark {
  readonly ids: number;
  readonly bytes: number;
  readonly at: number;
}

interface Noted {
  readonly from: Mark;
  /** Nothing while it is not known whether the hub has read it. */
  to?: Mark;
}

/** The ids that were sent, and how long ago. */
export class SeenIds {
  readonly #noted = new Map<string, Noted>();
  readonly #lately: string[] = [];
  #ids = 0;
  #bytes = 0;

  /** Whether the hub has seen an id, as far as can be said. */
  of(id: string): Knowledge {
    const noted = this.#noted.get(id);
    if (!noted) return "new";
    if (!noted.to) return "unsure";
    const now = this.#mark();
    if (isWithin(noted.from, now, 1 - 1 / SLACK, 8 * MINUTE_MS)) return "seen";
    return isWithin(noted.to, now, 1 + 1 / SLACK, 12 * MINUTE_MS) ? "unsure" : "new";
  }

  /** Notes ids that are on their way to the hub. */
  send(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#ids++;
      this.#bytes += encoder.encode(id).length;
      this.#noted.delete(id);
      this.#noted.set(id, { from: this.#mark() });
    }
  }

  /** The hub has dealt with ids that were on their way. */
  arrived(ids: Iterable<string>): void {
    for (const id of ids) {
      const noted = this.#noted.get(id);
      if (!noted) continue;
      noted.to = this.#mark();
      if (this.#lately.push(id) > LATELY) this.#lately.shift();
    }
    for (const [id, { to }] of this.#noted) {
      if (!to || this.of(id) !== "new") break;
      this.#noted.delete(id);
    }
  }

  /** One of the ids that the hub has surely seen lately; nothing where there is none. */
  recent(random: Random): string | undefined {
    if (this.#lately.length === 0) return undefined;
    const id = random.pick(this.#lately);
    return this.of(id) === "seen" ? id : undefined;
  }

  #mark(): Mark {
    return { ids: this.#ids, bytes: this.#bytes, at: performance.now() };
  }
}

/** Whether from one mark to another there were no more ids, bytes and time than that. */
function isWithin(from: Mark, to: Mark, part: number, patience: number): boolean {
  return to.ids - from.ids < REMEMBERED_IDS * part &&
    to.bytes - from.bytes < REMEMBERED_BYTES * part && to.at - from.at < patience;
}
