/**
 * Requests under way at a source: how many there may be, and the row of those that wait to be routed.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import { unavailable } from "./answers.ts";
import { FAIR_MS } from "./listener.ts";
import type { Finding, Outcome } from "../source.ts";

/** Requests with a whole body that may be under way at once. */
export const MOST_REQUESTS = 64;

/** Those with a body that is not whole: more than connections, of which one may bring several. */
export const MOST_BODIES = 256;

/** Bytes of the bodies of all of them, whole or not. */
export const MOST_BYTES = 8 * 1024 * 1024;

/** Milliseconds that a request waits for what becomes of it. */
export const WAIT_MS = 15_000;

/** Milliseconds that what is being routed at the end has to come to its own. */
const GRACE_MS = 300;

/** A request's place among those under way. */
export interface Place {
  /** Takes up room for so many bytes more of its body; false where there is none. */
  readonly hold: (bytes: number) => boolean;
  /** Its body is whole: it is one of those that may wait to be routed. False where they are too many. */
  readonly take: () => boolean;
  /** Gives all its room back. */
  readonly leave: () => void;
  /** Fires while the body is not whole, with a `Refusal`: it is to be left. */
  readonly signal: AbortSignal;
}

/** A body that is not whole yet. */
interface Body {
  readonly since: number;
  /** Its bytes so far. */
  held: number;
  readonly over: AbortController;
}

/** What one request has brought. */
export interface Brought {
  readonly findings: readonly Finding[];
  /** Says what became of each. */
  readonly settle: (outcomes: readonly Outcome[]) => void;
}

/** The requests under way at one source, during one run. */
export class WaitingRequests {
  /** With a whole body. */
  #count = 0;
  #bytes = 0;
  /** The oldest first. */
  readonly #bodies = new Set<Body>();
  readonly #row = new Set<Brought>();
  readonly #over = new AbortController();
  #wakeup = Promise.withResolvers<void>();

  constructor(private readonly clocks: Pick<SystemClocks, "after" | "monotonic">) {}

  /** Fires when no request is taken any more. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Makes room for a request; nothing where there is none. A body that is not whole after
   * {@linkcode FAIR_MS} keeps nobody out: it is left where another one needs its room.
   */
  enter(): Place | undefined {
    if (this.signal.aborted) return undefined;
    if (this.#bodies.size === MOST_BODIES && !this.#leaveOldest()) return undefined;
    const body = { since: this.clocks.monotonic(), held: 0, over: new AbortController() };
    this.#bodies.add(body);
    let isTaken = false;
    return {
      hold: (bytes) => {
        while (this.#bytes + bytes > MOST_BYTES) if (!this.#leaveOldest(body)) return false;
        if (!this.#bodies.has(body)) return false;
        body.held += bytes;
        this.#bytes += bytes;
        return true;
      },
      take: () => {
        if (this.#count === MOST_REQUESTS || !this.#bodies.delete(body)) return false;
        isTaken = true;
        this.#count++;
        return true;
      },
      leave: () => {
        if (isTaken) this.#count--;
        isTaken = false;
        this.#forget(body);
      },
      signal: body.over.signal,
    };
  }

  /** @param asking is not left for itself */
  #leaveOldest(asking?: Body): boolean {
    const [oldest] = this.#bodies;
    if (!oldest || oldest === asking) return false;
    if (this.clocks.monotonic() - oldest.since < FAIR_MS) return false;
    this.#forget(oldest);
    oldest.over.abort(unavailable("its body came too slowly while others waited"));
    return true;
  }

  #forget(body: Body): void {
    this.#bodies.delete(body);
    this.#bytes -= body.held;
    body.held = 0;
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
    for (const { over } of this.#bodies) over.abort(unavailable("it stops"));
    this.#wakeup.resolve();
  }
}
