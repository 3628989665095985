/**
 * Requests under way at a source: how many there may be, and the row of those that wait to be routed.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import { unavailable } from "./answers.ts";
import type { Finding, Outcome } from "../source.ts";

/** Requests that may be under way at once. */
export const MOST_REQUESTS = 64;

/** Bytes of the bodies of all of them. */
export const MOST_BYTES = 8 * 1024 * 1024;

/** Milliseconds that a request waits for what becomes of it. */
export const WAIT_MS = 15_000;

/** Milliseconds that what is being routed at the end has to come to its own. */
const GRACE_MS = 300;

/** A request's place among those under way. */
export interface Place {
  /** Takes up room for so many bytes more of its body; false where there is none. */
  readonly hold: (bytes: number) => boolean;
  /** Gives all its room back. */
  readonly leave: () => void;
}

/** What one request has brought. */
export interface Brought {
  readonly findings: readonly Finding[];
  /** Says what became of each. */
  readonly settle: (outcomes: readonly Outcome[]) => void;
}

/** The requests under way at one source, during one run. */
export class WaitingRequests {
  #count = 0;
  #bytes = 0;
  readonly #row = new Set<Brought>();
  readonly #over = new AbortController();
  #wakeup = Promise.withResolvers<void>();

  constructor(private readonly clocks: Pick<SystemClocks, "after">) {}

  /** Fires when no request is taken any more. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Makes room for a request; nothing where there is none. */
  enter(): Place | undefined {
    if (this.#count === MOST_REQUESTS || this.#over.signal.aborted) return undefined;
    this.#count++;
    let held = 0;
    return {
      hold: (bytes) => {
        if (this.#bytes + bytes > MOST_BYTES) return false;
        held += bytes;
        this.#bytes += bytes;
        return true;
      },
      leave: () => {
        this.#count--;
        this.#bytes -= held;
      },
    };
  }

  /**
   * Waits in the row until the findings are routed.
   *
   * @returns what became of each
   * @throws {Refusal} that takes too long, or nothing is routed any more
   */
  async outcomesOf(findings: readonly Finding[]): Promise<readonly Outcome[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>();
    const brought = { findings, settle: resolve };
    const giveUp = (reason: string) => () => {
      this.#row.delete(brought);
      reject(unavailable(reason));
    };
    let callOff = this.clocks.after(WAIT_MS, giveUp("the hub is busy"));
    const onAbort = () => {
      callOff();
      const stopped = giveUp("it stops");
      if (this.#row.has(brought)) stopped();
      else callOff = this.clocks.after(GRACE_MS, stopped);
    };
    this.#row.add(brought);
    this.signal.addEventListener("abort", onAbort);
    if (this.signal.aborted) onAbort();
    this.#wakeup.resolve();
    try {
      return await promise;
    } finally {
      this.signal.removeEventListener("abort", onAbort);
      callOff();
    }
  }

  /** All that wait, as soon as there is one; nothing once it is closed. */
  async take(): Promise<Brought[] | undefined> {
    while (this.#row.size === 0 && !this.signal.aborted) {
      this.#wakeup = Promise.withResolvers();
      await this.#wakeup.promise;
    }
    if (this.signal.aborted) return undefined;
    const taken = [...this.#row];
    this.#row.clear();
    return taken;
  }

  /** From now on nothing is taken: who waits is told. What was taken before may still be settled. */
  close(): void {
    this.#over.abort();
    this.#wakeup.resolve();
  }
}
