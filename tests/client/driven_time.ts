/**
 * Time of the whole process that only passes when a test says so, for what is given no clocks.
 *
 * @module
 */

import { nextTurn } from "../../lib/platform/turn.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

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

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    Reflect.deleteProperty(performance, "now");
  }
}
