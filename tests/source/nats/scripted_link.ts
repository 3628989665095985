/**
 * A connection to NATS that comes and goes when a test says so.
 *
 * @module
 */

import type { NatsLink } from "../../../lib/source/nats/connection.ts";

/** As much of a {@linkcode NatsLink} as those need who send and receive through it; up at first. */
export class ScriptedLink {
  /** What the server has said of itself. */
  readonly client: { info?: { max_payload: number } } = {};
  #isUp = true;
  #up = Promise.withResolvers<void>();
  #session = new AbortController();

  constructor() {
    this.#up.resolve();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get up(): Promise<void> {
    return this.#up.promise;
  }

  get session(): AbortSignal {
    return this.#session.signal;
  }

  get asLink(): NatsLink {
    return this as unknown as NatsLink;
  }

  goDown(): void {
    this.#isUp = false;
    this.#up = Promise.withResolvers();
    this.#session.abort();
  }

  comeUp(): void {
    this.#isUp = true;
    this.#session = new AbortController();
    this.#up.resolve();
  }
}
