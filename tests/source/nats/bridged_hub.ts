/**
 * As much of a hub as a bridge needs: it routes each id once, and gives all events to its bridges.
 *
 * @module
 */

import { type NatsSettings, openNats } from "../../../lib/source/nats.ts";
import { Siblings } from "../../../lib/source/nats/siblings.ts";
import type { Finding, HubEvent, Outcome, Source, WholeEvent } from "../../../lib/source/source.ts";
import { Play, type TestContext, testContext } from "../kit.ts";

/** An event that a test publishes. */
export type TestEvent = Pick<HubEvent, "type" | "payload"> & Partial<HubEvent>;

export class BridgedHub {
  /** All that was routed, in order. */
  readonly events: HubEvent[] = [];
  /** Findings with an id that was routed before. */
  duplicates = 0;
  /** Events that a bridge has taken. */
  taken = 0;
  /** Until it resolves nothing is routed. */
  blocked: Promise<void> | undefined;
  readonly context: TestContext;
  readonly #siblings = new Siblings();
  #failure: Error | undefined;
  readonly #ids = new Set<string>();
  #changed = Promise.withResolvers<void>();

  constructor(name = "bridge") {
    const context = testContext(name, (types, signal) => this.#consume(types, signal));
    const log = (cause: string, text: string) => {
      context.log(cause, text);
      this.#change();
    };
    this.context = { ...context, log };
  }

  /** A bridge that is not yet run. */
  source(settings: Omit<NatsSettings, "kind">): Source {
    const whole: NatsSettings = { kind: "nats", backoff: ["10ms", "50ms"], ...settings };
    return openNats(whole, this.context, this.#siblings);
  }

  /** Runs a bridge. */
  bridge(settings: Omit<NatsSettings, "kind">): Play {
    return new Play(this.source(settings), async (finding) => {
      await this.blocked;
      return this.#route(finding);
    });
  }

  readonly publish = (event: TestEvent): void => {
    this.#add({ id: undefined, time: undefined, lost: 0, ...event });
  };

  /** From now on there are no events for bridges. */
  fail(error: Error): void {
    this.#failure = error;
    this.#change();
  }

  /** Resolves when the condition holds; it is looked at whenever something has happened. */
  async until(condition: (hub: this) => boolean): Promise<void> {
    const late = setTimeout(() => this.#change(), 20_000);
    const since = performance.now();
    try {
      while (!condition(this)) {
        if (performance.now() - since >= 20_000) {
          throw new Error(
            `it did not come: ${condition}; ${this.events.length} events, ${this.context.lines}`,
          );
        }
        await this.#changed.promise;
      }
    } finally {
      clearTimeout(late);
    }
  }

  #route(finding: Finding | WholeEvent): Outcome {
    if ("frame" in finding) return "refused";
    const { id, type = this.context.name, time, payload } = finding;
    if (id !== undefined && this.#ids.has(id)) {
      this.duplicates++;
      this.#change();
      return "duplicate";
    }
    this.#add({ type, id, time: time === undefined ? undefined : String(time), payload, lost: 0 });
    return "routed";
  }

  #add(event: HubEvent): void {
    if (event.id !== undefined) this.#ids.add(event.id);
    this.events.push(event);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** From now on, as a consumer that has just come. */
  async *#consume(types: readonly string[], signal: AbortSignal): AsyncGenerator<HubEvent> {
    signal.addEventListener("abort", () => this.#change());
    for (let at = this.events.length; !signal.aborted;) {
      if (this.#failure) throw this.#failure;
      const event = this.events[at];
      if (!event) {
        await this.#changed.promise;
        continue;
      }
      at++;
      if (!types.includes(">") && !types.includes(event.type)) continue;
      this.taken++;
      this.#change();
      yield event;
    }
  }
}
