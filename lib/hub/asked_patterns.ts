/**
 * The patterns that consumers have asked for.
 *
 * @module
 */

import { PLACE_WORK } from "./limits.ts";
import { PatternTree } from "./pattern_tree.ts";
import { Pattern, tokensOf } from "./patterns.ts";

/** A pattern, and who has asked for it. */
export interface Asked<C> {
  readonly pattern: Pattern;
  readonly takers: Set<C>;
}

/** Each pattern once, so that what a thousand consumers ask for alike is matched once. */
export class AskedPatterns<C> {
  readonly #byEntry = new Map<string, Asked<C>>();
  readonly #tree = new PatternTree<Asked<C>>();
  #mostWork = 0;

  /** The work of all searches so far, in tokens compared. */
  get work(): number {
    return this.#tree.work;
  }

  /** The most work that a search can make now, with the gathering of those that it finds. */
  get mostWork(): number {
    return this.#mostWork;
  }

  /** A consumer asks for a pattern. */
  ask(entry: string, consumer: C): Pattern {
    let asked = this.#byEntry.get(entry);
    if (!asked) {
      asked = { pattern: new Pattern(entry), takers: new Set() };
      this.#byEntry.set(entry, asked);
      this.#tree.add(asked);
    }
    if (!asked.takers.has(consumer)) this.#mostWork += workOf(asked.pattern);
    asked.takers.add(consumer);
    return asked.pattern;
  }

  /** A consumer asks for a pattern no longer. */
  unask(entry: string, consumer: C): void {
    const asked = this.#byEntry.get(entry);
    if (!asked?.takers.delete(consumer)) return;
    this.#mostWork -= workOf(asked.pattern);
    if (asked.takers.size > 0) return;
    this.#byEntry.delete(entry);
    this.#tree.delete(asked);
  }

  /** Those who have asked for each pattern that matches a type. */
  takersOf(eventType: string): ReadonlySet<C>[] {
    if (this.#byEntry.size === 0) return [];
    return this.#tree.matching(tokensOf(eventType)).map(({ takers }) => takers);
  }
}

/** The most work that a consumer's pattern can make: to compare it, and to gather the consumer. */
function workOf({ tokens }: Pattern): number {
  return tokens.length + 2 * PLACE_WORK;
}
