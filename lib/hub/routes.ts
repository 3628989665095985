/**
 * Which consumers get which event types.
 *
 * @module
 */

import { CACHED_TAKERS, CACHED_TYPES } from "./limits.ts";
import { isPattern, Pattern, tokensOf } from "./patterns.ts";

/** What the routes need to know of a consumer. */
export interface Taker {
  readonly eventTypes: readonly string[];
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

  constructor(readonly eventType: string) {}
}

/** A pattern that somebody has asked for. */
interface Asked<C> {
  readonly pattern: Pattern;
  readonly takers: Set<C>;
}

/**
 * The routes of all event types seen lately. Who gets a type is found out once and holds until a
 * consumer that matters to it comes or goes, so that an event costs one look-up.
 */
export class Routes<C extends Taker> {
  readonly #routes = new Map<string, Route<C>>();
  readonly #exact = new Map<string, Set<C>>();
  /** By the entry, so that what a thousand consumers ask for alike is matched once. */
  readonly #patterns = new Map<string, Asked<C>>();
  #uses = 0;
  /** Places of takers in all routes. */
  #places = 0;

  /** Places of consumers that are remembered, in all routes together. */
  get places(): number {
    return this.#places;
  }

  /** A consumer comes. Each event goes to it at most once, however many of its entries match. */
  add(consumer: C): void {
    for (const entry of consumer.eventTypes) {
      addTo(this.#exact, entry, () => new Set()).add(consumer);
      if (!isPattern(entry)) continue;
      const make = () => ({ pattern: new Pattern(entry), takers: new Set<C>() });
      addTo(this.#patterns, entry, make).takers.add(consumer);
    }
    this.#forget(consumer);
  }

  /** A consumer goes. */
  remove(consumer: C): void {
    for (const entry of consumer.eventTypes) {
      const exact = this.#exact.get(entry);
      exact?.delete(consumer);
      if (exact?.size === 0) this.#exact.delete(entry);
      const asked = this.#patterns.get(entry);
      asked?.takers.delete(consumer);
      if (asked?.takers.size === 0) this.#patterns.delete(entry);
    }
    this.#forget(consumer);
  }

  /** The route of a type, with its takers known. */
  route(eventType: string): Route<C> & { takers: readonly C[] } {
    let route = this.#routes.get(eventType);
    if (!route) {
      if (this.#routes.size >= CACHED_TYPES) this.#forgetOldest();
      route = new Route(eventType);
      this.#routes.set(eventType, route);
    }
    route.used = ++this.#uses;
    if (!route.takers) this.#learn(route);
    return route as Route<C> & { takers: readonly C[] };
  }

  /** Consumers that get a type; not a use of it. */
  takers(eventType: string): readonly C[] {
    return this.#routes.get(eventType)?.takers ?? [...union(this.#groupsOf(eventType))];
  }

  /** How many consumers get a type; not a use of it, and cheaper than to find out who. */
  count(eventType: string): number {
    return this.#routes.get(eventType)?.takers?.length ?? union(this.#groupsOf(eventType)).size;
  }

  /** The types seen last, oldest use first. */
  latest(count: number): Route<C>[] {
    return [...this.#routes.values()].sort((a, b) => a.used - b.used).slice(-count);
  }

  #learn(route: Route<C>): void {
    const takers = [...union(this.#groupsOf(route.eventType))];
    if (this.#places + takers.length > CACHED_TAKERS) {
      for (const other of this.#routes.values()) this.#unlearn(other);
    }
    route.takers = takers;
    this.#places += takers.length;
  }

  #unlearn(route: Route<C>): void {
    this.#places -= route.takers?.length ?? 0;
    route.takers = undefined;
  }

  /** The consumers of each entry that matches a type. */
  #groupsOf(eventType: string): ReadonlySet<C>[] {
    const exact = this.#exact.get(eventType);
    const groups: ReadonlySet<C>[] = exact ? [exact] : [];
    if (this.#patterns.size === 0) return groups;
    const tokens = tokensOf(eventType);
    for (const { pattern, takers } of this.#patterns.values()) {
      if (pattern.matches(tokens)) groups.push(takers);
    }
    return groups;
  }

  /** Lets the takers be found out anew for the types that a consumer may match. */
  #forget(consumer: C): void {
    if (consumer.eventTypes.some(isPattern)) {
      for (const route of this.#routes.values()) this.#unlearn(route);
      return;
    }
    for (const type of consumer.eventTypes) {
      const route = this.#routes.get(type);
      if (route) this.#unlearn(route);
    }
  }

  /** Makes room for a quarter, so that a flood of new types does not sort at each of them. */
  #forgetOldest(): void {
    for (const route of this.latest(CACHED_TYPES).slice(0, CACHED_TYPES / 4)) {
      this.#unlearn(route);
      this.#routes.delete(route.eventType);
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
