/**
 * A connection to NATS that comes and goes when a test says so, and the system's time as it says.
 *
 * @module
 */

import { SYSTEM_CLOCKS, type SystemClocks } from "../../../lib/platform/clocks.ts";
import type { NatsLink } from "../../../lib/source/nats/connection.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";
import { until } from "../../server/peer.ts";

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

/** The system's clocks, which many take for granted, driven until it is disposed of. */
export class BorrowedClocks extends DrivenClocks implements Disposable {
  readonly #own = { ...SYSTEM_CLOCKS };

  constructor() {
    super();
    const driven: Partial<SystemClocks> = {
      monotonic: () => this.monotonic(),
      after: (milliseconds, callback) => this.after(milliseconds, callback),
    };
    Object.assign(SYSTEM_CLOCKS, driven);
  }

  [Symbol.dispose](): void {
    Object.assign(SYSTEM_CLOCKS, this.#own);
  }

  /** Goes on to the next alarm, when there is one. Resolves with the milliseconds until then. */
  async ringNext(): Promise<number> {
    await until(() => this.pending > 0, "somebody who waits for a time");
    const since = this.monotonic();
    this.setTo(this.nextDue ?? since);
    this.ring();
    return this.monotonic() - since;
  }
}
