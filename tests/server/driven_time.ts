/**
 * Time of the whole process that only passes when a test says so, for what is given no clocks.
 *
 * @module
 */

import { nextTurn } from "../../lib/platform/turn.ts";
import { DrivenClocks } from "./driven_clocks.ts";
import { until } from "./peer.ts";

/** Takes the place of the timers and the monotonic clock until it is disposed of. */
export class DrivenTime extends DrivenClocks implements Disposable {
  readonly #real = { setTimeout, clearTimeout };
  readonly #callOffs: (() => void)[] = [];

  constructor() {
    super();
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, milliseconds = 0) =>
        this.#callOffs.push(this.after(milliseconds, callback)),
      clearTimeout: (timer = 0) => this.#callOffs[timer - 1]?.(),
    });
    Object.defineProperty(performance, "now", {
      value: () => this.monotonic(),
      configurable: true,
    });
  }

  /** Lets so many milliseconds pass; whoever is woken meanwhile goes on at that moment. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.monotonic() + milliseconds;
    await nextTurn();
    for (let due = this.nextDue; due !== undefined && due <= end; due = this.nextDue) {
      this.setTo(due);
      this.ring();
      await nextTurn();
    }
    this.setTo(end);
  }

  /** Goes on to the next alarm, when there is one. Resolves with the milliseconds until then. */
  async ringNext(): Promise<number> {
    await until(() => this.pending > 0, "somebody who waits for a time");
    const since = this.monotonic();
    this.setTo(this.nextDue ?? since);
    this.ring();
    return this.monotonic() - since;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    Reflect.deleteProperty(performance, "now");
  }
}
