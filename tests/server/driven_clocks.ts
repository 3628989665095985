/**
 * Time that only passes when a test says so.
 *
 * @module
 */

import type { SystemClocks } from "../../lib/platform/clocks.ts";

interface Alarm {
  readonly due: number;
  readonly callback: () => void;
}

/** Clocks that stand still until they are told to go on. */
export class DrivenClocks implements SystemClocks {
  /** Unix time at monotonic 0. */
  static readonly EPOCH = Date.UTC(2026, 0, 2, 3, 4, 5);
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return DrivenClocks.EPOCH + this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const alarm = { due: this.#now + milliseconds, callback };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Alarms that are set and neither rung nor called off. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** When the next alarm is due, if one is set. */
  get nextDue(): number | undefined {
    return this.#next()?.due;
  }

  /** Goes on to a moment without ringing what was due before it. */
  setTo(moment: number): void {
    this.#now = moment;
  }

  /** Rings what is due now, in order; what that sets anew waits. */
  ring(): void {
    const due = [...this.#alarms].filter((alarm) => alarm.due <= this.#now);
    for (const alarm of due.sort((a, b) => a.due - b.due)) {
      if (this.#alarms.delete(alarm)) alarm.callback();
    }
  }

  #next(): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) if (!next || alarm.due < next.due) next = alarm;
    return next;
  }
}
