/**
 * When everything is looked at.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";

/** Milliseconds after which everything is looked at even if nothing was heard. */
const LOOK_MS = 60_000;

/** As many where the system may have stopped to tell of changes. */
export const DEAF_LOOK_MS = 2_000;

/** Of the time that a look at everything took it rests so many times as much before the next one, ... */
const RESTS = 2;

/** ... and so many times as much where nothing was heard. */
const LONG_RESTS = 50;

/** Knows when everything is to be looked at, by the monotonic clock. */
export class LookTimes {
  #due = Infinity;
  #restUntil = 0;
  #hasPipe = false;
  #isDeaf = false;

  constructor(private readonly clocks: Pick<SystemClocks, "monotonic">) {}

  /** The moment of the next look. */
  get due(): number {
    return this.#due;
  }

  /** Somewhere something may have happened, which is looked for after so many milliseconds. */
  lapse(milliseconds: number): void {
    const at = Math.max(this.clocks.monotonic() + milliseconds, this.#restUntil);
    this.#due = Math.min(this.#due, at);
  }

  /** The system tells of changes. A pipe can stop it at any time, and having gone it does not undo that. */
  hear(): void {
    if (!this.#hasPipe) this.#isDeaf = false;
  }

  /** Another one listens from now on. */
  listenAnew(): void {
    this.#hasPipe = false;
    this.#isDeaf = false;
  }

  /** A look begins, now. */
  begin(): number {
    this.#due = Infinity;
    return this.clocks.monotonic();
  }

  /**
   * A look has ended.
   *
   * @param began when
   * @param hasPipe whether there was one
   * @returns whether the system may from now on tell of nothing
   */
  end(began: number, hasPipe: boolean): boolean {
    const isNews = hasPipe && !this.#isDeaf;
    this.#hasPipe = hasPipe;
    this.#isDeaf ||= hasPipe;
    const now = this.clocks.monotonic();
    this.#restUntil = now + RESTS * (now - began);
    const most = this.#isDeaf ? DEAF_LOOK_MS : LOOK_MS;
    const next = now + Math.max(most, LONG_RESTS * (now - began));
    this.#due = Math.max(Math.min(this.#due, next), this.#restUntil);
    return isNews;
  }
}
