/**
 * Patterns in an order in which those that cannot match are not looked at.
 *
 * @module
 */

import { PATTERNS_UNSORTED, PLACE_WORK, SORTED_TOKENS } from "./limits.ts";
import { ONE, type Pattern } from "./patterns.ts";

/** Something that is found by its pattern. */
export interface Patterned {
  readonly pattern: Pattern;
}

/**
 * A tree by the first tokens of patterns: a type is compared with the few whose first tokens match its
 * own. Where few are together they are not told apart further, and no branch is longer than
 * {@linkcode SORTED_TOKENS}: so the tree stays small, however many tokens patterns have in common.
 */
export class PatternTree<P extends Patterned = Patterned> {
  /** The work of all searches so far, in tokens compared. */
  work = 0;
  readonly #root = new Branch<P>(0);

  /** @param one something whose pattern no other in the tree has */
  add(one: P): void {
    this.#root.add(one);
  }

  /** @param one something that was added */
  delete(one: P): void {
    this.#root.delete(one);
  }

  /**
   * All whose patterns match.
   *
   * @param tokens the tokens of an event type
   */
  matching(tokens: readonly string[]): P[] {
    const found: P[] = [];
    this.work += this.#root.search(tokens, found);
    return found;
  }
}

class Branch<P extends Patterned> {
  #size = 0;
  /** All of this branch where it does not fork, else those whose tokens end here. */
  #here: P[] = [];
  #forks: Map<string, Branch<P>> | undefined;

  /** @param depth how many tokens all of this branch have in common */
  constructor(private readonly depth: number) {}

  add(one: P): void {
    this.#size++;
    if (this.#forks) return this.#sort(one, this.#forks);
    this.#here.push(one);
    if (this.#size > PATTERNS_UNSORTED && this.depth < SORTED_TOKENS) this.#fork();
  }

  delete(one: P): void {
    this.#size--;
    const token = one.pattern.tokens[this.depth];
    const fork = token === undefined ? undefined : this.#forks?.get(token);
    if (token === undefined || !fork) {
      this.#here.splice(this.#here.indexOf(one), 1);
    } else {
      fork.delete(one);
      if (fork.#size === 0) this.#forks?.delete(token);
    }
    // Well below where it forks, so that one who comes and goes does not make it do so each time.
    if (this.#forks && this.#size <= PATTERNS_UNSORTED / 2) {
      this.#here = this.#all();
      this.#forks = undefined;
    }
  }

  /** Returns the work. */
  search(tokens: readonly string[], found: P[]): number {
    let work = 1;
    for (const one of this.#here) {
      work += PLACE_WORK + one.pattern.tokens.length - this.depth;
      if (one.pattern.matches(tokens, this.depth)) found.push(one);
    }
    const token = tokens[this.depth];
    if (!this.#forks || token === undefined) return work;
    work += this.#forks.get(ONE)?.search(tokens, found) ?? 0;
    if (token !== ONE) work += this.#forks.get(token)?.search(tokens, found) ?? 0;
    return work;
  }

  #fork(): void {
    const all = this.#here;
    this.#here = [];
    this.#forks = new Map();
    for (const one of all) this.#sort(one, this.#forks);
  }

  #sort(one: P, forks: Map<string, Branch<P>>): void {
    const token = one.pattern.tokens[this.depth];
    if (token === undefined) {
      this.#here.push(one);
      return;
    }
    let fork = forks.get(token);
    if (!fork) forks.set(token, fork = new Branch(this.depth + 1));
    fork.add(one);
  }

  #all(): P[] {
    const all = [...this.#here];
    for (const fork of this.#forks?.values() ?? []) all.push(...fork.#all());
    return all;
  }
}
