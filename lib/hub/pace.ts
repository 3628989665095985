/**
 * Who keeps up. An event that matches a consumer that is behind and keeps up is not routed yet: its
 * publisher waits. So one that keeps up loses nothing, and one that does not holds up nobody.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { BEHIND_BYTES, PATIENCE_MS } from "./limits.ts";

/** All consumers that are behind, and how many of them keep up, so that publishers wait. */
export class Crowd {
  readonly #behind = new Set<Pace>();
  /** Consumers that are behind and keep up. While it is 0 no publisher has to look any further. */
  holding = 0;

  /** @param clock the hub's clock */
  constructor(readonly clock: Clock) {}

  /** Consumers that are behind. */
  get size(): number {
    return this.#behind.size;
  }

  /** @internal for {@linkcode Pace} alone */
  add(pace: Pace): void {
    this.#behind.add(pace);
  }

  /** @internal for {@linkcode Pace} alone */
  delete(pace: Pace): void {
    this.#behind.delete(pace);
  }

  /**
   * Looks who has taken nothing for too long. To be called every few milliseconds while anybody is
   * behind, with reads and writes dealt with between two calls: only who is found wanting twice in a
   * row is given up, for the hub may itself have been busy.
   */
  look(): void {
    const now = this.clock.now();
    const patience = Math.max(PATIENCE_MS, this.#behind.size);
    for (const pace of [...this.#behind]) pace.look(now, patience);
  }
}

/**
 * One consumer's pace.
 *
 * - **Level**: not behind. Nobody waits for it.
 * - **Behind and keeping up**: publishers of what it wants wait for it.
 * - **Behind and given up**: it took nothing for {@linkcode PATIENCE_MS} (or a millisecond for each
 *   that is behind, where that is more); nobody waits until it is level again.
 */
export class Pace {
  #state: "level" | "keeping up" | "given up" = "level";
  #since = 0;
  #suspected = false;
  #waiters: (() => void)[] = [];
  /** What may wait before it is behind. */
  readonly level: { readonly events: number; readonly bytes: number };

  /** @param limits what its channel may hold */
  constructor(private readonly crowd: Crowd, limits: { events: number; bytes: number }) {
    this.level = { events: limits.events / 2, bytes: Math.min(BEHIND_BYTES, limits.bytes / 2) };
  }

  /** Whether publishers of what it wants have to wait. */
  get holds(): boolean {
    return this.#state === "keeping up";
  }

  /** Whether it is behind, kept up or not. */
  get behind(): boolean {
    return this.#state !== "level";
  }

  /** To be called whenever what waits for the consumer has changed, what is being written included. */
  waiting(bytes: number, events: number): void {
    const behind = bytes > this.level.bytes || events > this.level.events;
    if (behind === this.behind) return;
    if (behind) {
      this.#since = this.crowd.clock.now();
      this.#suspected = false;
      this.crowd.add(this);
      this.#become("keeping up");
    } else {
      this.crowd.delete(this);
      this.#become("level");
    }
  }

  /** To be called when the system took something of what waits. */
  taken(): void {
    this.#since = this.crowd.clock.now();
    this.#suspected = false;
  }

  /** Gives it up where it has taken nothing for longer than the patience, and that twice. */
  look(now: number, patience: number): void {
    if (this.#state !== "keeping up") return;
    if (now - this.#since < patience) return;
    if (this.#suspected) this.#become("given up");
    else this.#suspected = true;
  }

  /** Nobody waits for it any more. */
  end(): void {
    this.crowd.delete(this);
    this.#become("level");
  }

  /** Calls back once when publishers need not wait for it any more. */
  whenReleased(callback: () => void): void {
    if (this.holds) this.#waiters.push(callback);
    else callback();
  }

  #become(state: "level" | "keeping up" | "given up"): void {
    if (this.holds) this.crowd.holding--;
    this.#state = state;
    if (this.holds) {
      this.crowd.holding++;
      return;
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const callback of waiters) callback();
  }
}
