/**
 * Consumers that asked for the same.
 *
 * @module
 */

import type { Consumer } from "./consumer.ts";
import { Feed } from "./feed.ts";
import { SHARED_TYPES } from "./limits.ts";
import type { Routes, Taker } from "./routes.ts";

/** Those that asked for the same event types, and what comes for all of them. */
export class Audience implements Taker {
  readonly consumers = new Set<Consumer>();
  readonly feed = new Feed();

  /** @param eventTypes what they asked for */
  constructor(readonly eventTypes: readonly string[]) {}

  get size(): number {
    return this.consumers.size;
  }
}

/** All audiences: each registered consumer that gets events is in one. */
export class Audiences {
  /** By what they asked for. */
  readonly #shared = new Map<string, Audience>();
  readonly #ofConsumer = new Map<Consumer, Audience>();

  constructor(private readonly routes: Routes<Audience>) {}

  /** From now on a consumer gets what it asked for. */
  join(consumer: Consumer): void {
    const audience = this.#audienceFor(consumer.eventTypes);
    audience.consumers.add(consumer);
    this.#ofConsumer.set(consumer, audience);
    if (audience.size === 1) this.routes.add(audience);
    this.routes.resized();
    consumer.channel.follow(audience.feed, () => consumer.edge.wake());
  }

  /** Nothing more comes for a consumer; one that got nothing is left alone. */
  leave(consumer: Consumer): void {
    const audience = this.#ofConsumer.get(consumer);
    if (!audience) return;
    this.#ofConsumer.delete(consumer);
    audience.consumers.delete(consumer);
    this.routes.resized();
    if (audience.size > 0) return;
    this.routes.remove(audience);
    const name = nameOf(audience.eventTypes);
    if (name !== undefined) this.#shared.delete(name);
  }

  #audienceFor(eventTypes: readonly string[]): Audience {
    const name = nameOf(eventTypes);
    if (name === undefined) return new Audience(eventTypes);
    let audience = this.#shared.get(name);
    if (!audience) this.#shared.set(name, audience = new Audience(eventTypes));
    return audience;
  }
}

/** The same for all that ask for the same, in whatever order; nothing where that is a long list. */
function nameOf(eventTypes: readonly string[]): string | undefined {
  const length = eventTypes.reduce((sum, type) => sum + type.length, 0);
  return length > SHARED_TYPES ? undefined : JSON.stringify([...eventTypes].sort());
}
