/**
 * Which consumers get which event types.
 *
 * @module
 */

import { isPattern, Pattern, tokensOf } from "./patterns.ts";

/** Event types whose route is remembered; each is at most 1 KiB long. */
export const CACHED_TYPES = 4096;

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

/**
 * The routes of all event types seen lately. Who gets a type is found out once and holds until a
 * consumer that matters to it comes or goes, so that an event costs one look-up.
 */
export class Routes<C extends Taker> {
  readonly #routes = new Map<string, Route<C>>();
  readonly #exact = new Map<string, Set<C>>();
  readonly #patterns = new Map<C, readonly Pattern[]>();
  #uses = 0;

  /** A consumer comes. Each event goes to it at most once, however many of its entries match. */
  add(consumer: C): void {
    const patterns = consumer.eventTypes.filter(isPattern).map((entry) => new Pattern(entry));
    if (patterns.length > 0) this.#patterns.set(consumer, patterns);
    for (const type of consumer.eventTypes) {
      const takers = this.#exact.get(type);
      if (takers) takers.add(consumer);
      else this.#exact.set(type, new Set([consumer]));
    }
    this.#forget(consumer, patterns.length > 0);
  }

  /** A consumer goes. */
  remove(consumer: C): void {
    const hadPatterns = this.#patterns.delete(consumer);
    for (const type of consumer.eventTypes) {
      const takers = this.#exact.get(type);
      takers?.delete(consumer);
      if (takers?.size === 0) this.#exact.delete(type);
    }
    this.#forget(consumer, hadPatterns);
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
    route.takers ??= this.#takersOf(eventType);
    return route as Route<C> & { takers: readonly C[] };
  }

  /** Consumers that get a type; not a use of it. */
  takers(eventType: string): readonly C[] {
    const route = this.#routes.get(eventType);
    if (!route) return this.#takersOf(eventType);
    return route.takers ??= this.#takersOf(eventType);
  }

  /** The types seen last, oldest use first. */
  latest(count: number): Route<C>[] {
    return [...this.#routes.values()].sort((a, b) => a.used - b.used).slice(-count);
  }

  #takersOf(eventType: string): C[] {
    const takers = new Set(this.#exact.get(eventType));
    const tokens = tokensOf(eventType);
    for (const [consumer, patterns] of this.#patterns) {
      if (patterns.some((pattern) => pattern.matches(tokens))) takers.add(consumer);
    }
    return [...takers];
  }

  /** Lets the takers be found out anew for the types that a consumer may match. */
  #forget(consumer: C, byPattern: boolean): void {
    if (byPattern) {
      for (const route of this.#routes.values()) route.takers = undefined;
      return;
    }
    for (const type of consumer.eventTypes) {
      const route = this.#routes.get(type);
      if (route) route.takers = undefined;
    }
  }

  /** Makes room for a quarter, so that a flood of new types does not sort at each of them. */
  #forgetOldest(): void {
    for (const { eventType } of this.latest(CACHED_TYPES).slice(0, CACHED_TYPES / 4)) {
      this.#routes.delete(eventType);
    }
  }
}
