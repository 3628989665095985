/**
 * When a timer is due.
 *
 * @module
 */

import { Cron } from "croner";
import type { SystemClocks } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { parseDuration } from "../../platform/units.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";

/** A moment that was due. */
export interface DueMoment {
  /** The last one that has passed, in unix milliseconds. */
  readonly time: number;
  /** How many before it have passed untaken; of a cron line at most {@linkcode MOST_COUNTED}. */
  readonly missed: number;
}

/** Moments, one after the other. */
export interface Schedule {
  /** From now on moments count. */
  begin(): void;
  /** Milliseconds until the next one, not more than 0 when it is due; nothing when there is none. */
  wait(): number | undefined;
  /** Takes what is due. */
  take(): DueMoment;
}

/** Moments that are counted when they were missed, which takes a while for each. */
export const MOST_COUNTED = 10_000;

/** Characters of the longest line or reason that is said. */
const LONGEST_SAID = 200;

/**
 * Makes a schedule.
 *
 * @throws {BusError} `bad_input`: neither or both of the two, or it is no time, line or zone
 */
export function scheduleOf(
  { every, cron, zone }: { every?: string; cron?: string; zone?: string },
  clocks: SystemClocks,
): Schedule {
  if ((every === undefined) === (cron === undefined)) {
    throw new BusError("bad_input", "a timer has either every or cron, one of the two");
  }
  if (cron !== undefined) return new CronLine(cron, zone, clocks);
  if (zone !== undefined) {
    throw new BusError("bad_input", "a zone is for cron: every is the same in all zones");
  }
  const interval = parseDuration(every ?? "");
  if (interval !== undefined) return new Interval(interval, clocks);
  const hint = "write it as 500ms, 30s, 5m or 1h";
  throw new BusError("bad_input", `"${printable(every ?? "", LONGEST_SAID)}" is no time`, hint);
}

/** Moments with the same time between, whatever becomes of the clock on the wall. */
class Interval implements Schedule {
  #due = Infinity;

  constructor(private readonly interval: number, private readonly clocks: SystemClocks) {}

  begin(): void {
    this.#due = this.clocks.monotonic() + this.interval;
  }

  wait(): number {
    return this.#due - this.clocks.monotonic();
  }

  take(): DueMoment {
    const late = this.clocks.monotonic() - this.#due;
    const missed = Math.max(0, Math.floor(late / this.interval));
    this.#due += (missed + 1) * this.interval;
    const time = Math.round(this.clocks.wall() - late + missed * this.interval);
    return { time, missed };
  }
}

/**
 * Milliseconds by which the clock on the wall is set back before the moments are found out anew: after
 * less than that the one that was told last would come again.
 */
const SET_BACK_MS = 60_000;

/** Moments that a cron line names, by the clock on the wall. */
class CronLine implements Schedule {
  readonly #cron: Cron;
  #due: number | undefined;
  #lookedAt = -Infinity;

  constructor(line: string, zone: string | undefined, private readonly clocks: SystemClocks) {
    this.#cron = cronOf(line, zone);
    this.begin();
    if (this.#due !== undefined) return;
    throw noLine(line, "it names no moment that is still to come");
  }

  begin(): void {
    this.#due = this.#after(this.clocks.wall());
  }

  wait(): number | undefined {
    const now = this.clocks.wall();
    if (now < this.#lookedAt - SET_BACK_MS) this.begin();
    this.#lookedAt = now;
    return this.#due === undefined ? undefined : this.#due - now;
  }

  take(): DueMoment {
    const now = this.clocks.wall();
    let time = this.#due ?? now;
    let missed = 0;
    for (;;) {
      this.#due = this.#after(time);
      if (this.#due === undefined || this.#due > now) return { time, missed };
      if (++missed === MOST_COUNTED) break;
      time = this.#due;
    }
    this.#due = this.#after(now);
    const [last] = this.#cron.previousRuns(1, new Date(now));
    return { time: last?.getTime() ?? time, missed };
  }

  #after(time: number): number | undefined {
    return this.#cron.nextRun(new Date(time))?.getTime();
  }
}

function cronOf(line: string, zone: string | undefined): Cron {
  // A date is one to the library, too.
  if (line.includes(":")) throw noLine(line, "it has a colon");
  try {
    if (zone !== undefined) new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    const hint = "one has a name such as Europe/Berlin";
    throw new BusError("bad_input", `"${printable(zone ?? "", LONGEST_SAID)}" is no zone`, hint);
  }
  try {
    return new Cron(line, {
      mode: "5-or-6-parts",
      ...(zone === undefined ? {} : { timezone: zone }),
    });
  } catch (error) {
    throw noLine(line, systemReason(error).replace(/^Cron\w+: /, "").slice(0, LONGEST_SAID));
  }
}

function noLine(line: string, reason: string): BusError {
  return new BusError(
    "bad_input",
    `"${printable(line, LONGEST_SAID)}" is no cron line: ${reason}`,
    "one has five fields, such as */5 * * * *",
  );
}
