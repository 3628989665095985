/**
 * Events at set times.
 *
 * @module
 */

import { orAborted } from "../platform/aborted.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { BusError } from "../protocol/errors.ts";
import { MOST_COUNTED, type Schedule, scheduleOf } from "./timer/schedule.ts";
import type { CommonSettings } from "./settings.ts";
import { Sleeper } from "./sleeper.ts";
import type { Finding, Run, Source, SourceContext } from "./source.ts";

/** Settings of a `timer`: either `every` or `cron`. Templates may ask for `{time}`, in unix milliseconds. */
export interface TimerSettings extends CommonSettings {
  /** Always `timer`. */
  readonly kind: "timer";
  /** The time between two events; the first one comes so long after the start. */
  readonly every?: string;
  /** A cron line of five fields, or of six with seconds in front. */
  readonly cron?: string;
  /** The time zone of the cron line; that of the system if absent. */
  readonly zone?: string;
  /** What each event carries; `{"time": …, "count": …}` if absent. */
  readonly payload?: unknown;
}

/** Milliseconds after which it looks at the clock again: that may have been set, or stood still. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Looks whether it says when.
 *
 * @throws {BusError} `bad_input`: it does not, or not so that it can be
 */
export function checkTimer(settings: TimerSettings): void {
  scheduleOf(settings, SYSTEM_CLOCKS);
}

/**
 * Opens a timer as a source.
 *
 * @throws {BusError} `bad_input`: it does not say when, or not so that it can be
 */
export function openTimer(
  settings: TimerSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  return new TimerSource(settings.payload, scheduleOf(settings, clocks), context, clocks);
}

class TimerSource implements Source {
  readonly #sleeper: Sleeper;
  readonly #payload: string | undefined;
  #count = 0;

  /** @throws {BusError} `bad_input`: a payload that no JSON can be made of */
  constructor(
    payload: unknown,
    private readonly schedule: Schedule,
    private readonly context: SourceContext,
    clocks: SystemClocks,
  ) {
    this.#sleeper = new Sleeper(clocks);
    if (payload === undefined) return;
    this.#payload = JSON.stringify(payload);
    if (this.#payload === undefined) {
      throw new BusError("bad_input", "the payload is no JSON value");
    }
  }

  async *run(signal: AbortSignal): Run {
    this.schedule.begin();
    yield { state: "connected" };
    while (await this.#isDue(signal)) {
      const { time, missed } = this.schedule.take();
      if (missed > 0) this.context.log("missed", `not made up for: ${timesMissed(missed)}`);
      yield { findings: [this.#finding(time)] };
    }
  }

  /** Resolves when it is due, or with false when the signal fires. */
  async #isDue(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const wait = this.schedule.wait();
      if (wait === undefined) {
        this.context.log("over", "its cron line names no moment that is still to come");
        await orAborted(new Promise(() => {}), signal);
      } else if (wait <= 0) return true;
      else await this.#sleeper.sleep(Math.min(Math.ceil(wait), LONGEST_SLEEP_MS), signal);
    }
    return false;
  }

  #finding(time: number): Finding {
    const count = ++this.#count;
    return {
      payload: this.#payload ?? JSON.stringify({ time, count }),
      time,
      values: { time: () => String(time) },
    };
  }
}

function timesMissed(missed: number): string {
  const times = missed === 1 ? "1 time that was missed" : `${missed} times that were missed`;
  return missed < MOST_COUNTED ? times : `at least ${times}`;
}
