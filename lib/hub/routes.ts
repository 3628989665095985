/**
 * Which consumers get which event types.
 *
 * @module
 */

import { AskedPatterns } from "./asked_patterns.ts";
import {
  CACHED_TAKERS,
  CACHED_TYPES,
  PLACE_WORK,
  PLACES_OF_A_TOKEN,
  UPDATE_WORK,
} from "./limits.ts";
import { PatternTree } from "./pattern_tree.ts";
import { isPattern, type Pattern, tokensOf } from "./patterns.ts";

/** What the routes need to know of a consumer. */
export interface Taker {
  readonly eventTypes: readonly string[];
  /** How many consumers it stands for; one, where it does not say. */
  readonly size?: number;
}

/** One event type: who gets it, and what passed. */
export class Route<C> {
  /** Events of this type routed. */
  published = 0;
  /** Unix time in milliseconds of the last of them. */
  lastAt = 0;
  /** @internal the order of last use, and the takers where they are known */
  used = 0;
  /** @internal */
  takers: readonly C[] | undefined;
  /** @internal how many consumers they stand for, where that is known, and as of which sizes */
  count: number | undefined;
  /** @internal */
  countedAt = 0;

  constructor(readonly eventType: string) {}
}

/** What a route's takers are now, and the work to find that out, beside the copy. */
interface Update<C> {
  readonly takers: readonly C[];
  readonly work: number;
}

/**
 * The routes of all event types seen lately. Who gets a type is found out once and holds until a
 * consumer that matters to it comes or goes, so that an event costs one look-up.
 */
export class Routes<C extends Taker> {
  readonly #routes = new Map<string, Route<C>>();
  readonly #exact = new Map<string, Set<C>>();
  readonly #patterns = new AskedPatterns<C>();
  /** The route asked for last. */
  #latest: Route<C> | undefined;
  #uses = 0;
  /** How often takers have changed their size. */
  #sizes = 0;
  /** Places of takers in all routes. */
  #places = 0;
  #unionWork = 0;

  /** Places of consumers that are remembered, in all routes together. */
  get places(): number {
    return this.#places;
  }

  /** The work that it took so far to find out who gets what, in tokens compared. */
  get work(): number {
    return this.#patterns.work + this.#unionWork;
  }

  /** The most work that it can take now to find out who gets a type; none where that is known. */
  workFor(eventType: string): number {
    return this.#known(eventType)?.takers ? 0 : this.#patterns.mostWork;
  }

  /** A consumer comes. Each event goes to it at most once, however many of its entries match. */
  add(consumer: C): void {
    const patterns: Pattern[] = [];
    for (const entry of consumer.eventTypes) {
      if (isPattern(entry)) {
        patterns.push(this.#patterns.ask(entry, consumer));
      } else {
        addTo(this.#exact, entry, () => new Set()).add(consumer);
        this.#unlearn(this.#routes.get(entry));
      }
    }
    if (patterns.length > 0) this.#extend(consumer, patterns);
  }

  /** A consumer goes. */
  remove(consumer: C): void {
    let hadPattern = false;
    for (const entry of consumer.eventTypes) {
      if (isPattern(entry)) {
        this.#patterns.unask(entry, consumer);
        hadPattern = true;
        continue;
      }
      const exact = this.#exact.get(entry);
      exact?.delete(consumer);
      if (exact?.size === 0) this.#exact.delete(entry);
      this.#unlearn(this.#routes.get(entry));
    }
    if (hadPattern) this.#shorten(consumer);
  }

  /** The route of a type, with its takers known. */
  route(eventType: string): Route<C> & { takers: readonly C[] } {
    let route = this.#known(eventType);
    if (!route) {
      if (this.#routes.size >= CACHED_TYPES) this.#forgetOldest();
      route = new Route(eventType);
      this.#routes.set(eventType, route);
      this.#latest = route;
    }
    route.used = ++this.#uses;
    if (!route.takers) this.#learn(route);
    return route as Route<C> & { takers: readonly C[] };
  }

  /** Consumers that get a type; not a use of it. */
  takers(eventType: string): readonly C[] {
    return this.#known(eventType)?.takers ?? [...this.#find(eventType)];
  }

  /** How many consumers get a type; not a use of it, and cheaper than to find out who. */
  count(eventType: string): number {
    const route = this.#known(eventType);
    if (route?.count !== undefined && route.countedAt === this.#sizes) return route.count;
    let count = 0;
    for (const { size = 1 } of route?.takers ?? this.#find(eventType)) count += size;
    if (route) {
      route.count = count;
      route.countedAt = this.#sizes;
    }
    return count;
  }

  /** Takers stand for more consumers than before, or fewer. */
  resized(): void {
    this.#sizes++;
  }

  /** The types seen last, oldest use first. */
  latest(count: number): Route<C>[] {
    return [...this.#routes.values()].sort((a, b) => a.used - b.used).slice(-count);
  }

  /** The route of a type, if it is remembered: mostly it is that of the event before. */
  #known(eventType: string): Route<C> | undefined {
    if (this.#latest?.eventType === eventType) return this.#latest;
    return this.#latest = this.#routes.get(eventType);
  }

  #learn(route: Route<C>): void {
    const takers = [...this.#find(route.eventType)];
    this.#remember(route, takers);
  }

  #remember(route: Route<C>, takers: readonly C[]): void {
    this.#unlearn(route);
    if (this.#places + takers.length > CACHED_TAKERS) {
      for (const other of this.#routes.values()) this.#unlearn(other);
    }
    route.takers = takers;
    this.#places += takers.length;
  }

  #unlearn(route: Route<C> | undefined): void {
    if (!route) return;
    this.#places -= route.takers?.length ?? 0;
    route.takers = undefined;
    route.count = undefined;
  }

  /** The consumers whose entries match a type. */
  #find(eventType: string): ReadonlySet<C> {
    const exact = this.#exact.get(eventType);
    const groups = this.#patterns.takersOf(eventType);
    if (exact) groups.unshift(exact);
    if (groups.length > 1) {
      for (const { size } of groups) this.#unionWork += size * PLACE_WORK;
    }
    return union(groups);
  }

  /** A consumer has come: the known routes that one of these patterns matches lead to it too. */
  #extend(consumer: C, patterns: readonly Pattern[]): void {
    const tree = new PatternTree();
    for (const pattern of patterns) tree.add({ pattern });
    this.#update((takers, type) => {
      const tokens = tokensOf(type);
      const before = tree.work;
      const gets = tree.matching(tokens).length > 0;
      const work = tokens.length + tree.work - before;
      return { takers: gets ? [...takers, consumer] : takers, work };
    });
  }

  /** A consumer has gone: no known route leads to it. */
  #shorten(consumer: C): void {
    this.#update((takers) => ({
      takers: takers.includes(consumer) ? takers.filter((other) => other !== consumer) : takers,
      work: 0,
    }));
  }

  /** Changes the takers of known routes as long as that is little work, and unlearns the others. */
  #update(change: (takers: readonly C[], type: string) => Update<C>): void {
    let left = UPDATE_WORK;
    for (const route of this.#routes.values()) {
      if (!route.takers || left <= 0) {
        this.#unlearn(route);
        continue;
      }
      const { takers, work } = change(route.takers, route.eventType);
      left -= work + takers.length / PLACES_OF_A_TOKEN;
      if (takers !== route.takers) this.#remember(route, takers);
    }
  }

  /** Makes room for a quarter, so that a flood of new types does not sort at each of them. */
  #forgetOldest(): void {
    for (const route of this.latest(CACHED_TYPES).slice(0, CACHED_TYPES / 4)) {
      this.#unlearn(route);
      this.#routes.delete(route.eventType);
      if (route === this.#latest) this.#latest = undefined;
    }
  }
}

/** What is in a map, put there where it was not. */
function addTo<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}

/** All that are in one of the sets; the set itself where there is only one. */
function union<C>(sets: readonly ReadonlySet<C>[]): ReadonlySet<C> {
  const [first, second] = sets;
  if (first && !second) return first;
  const all = new Set<C>();
  for (const set of sets) for (const one of set) all.add(one);
  return all;
}
