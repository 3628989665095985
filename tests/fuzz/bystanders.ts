/**
 * Those who must not notice any of it, and what is looked at meanwhile: a watcher, one who asks all
 * the time how the hub is, and the hub's memory.
 *
 * @module
 */

import type { Trial } from "../campaign/campaign.ts";
import { StallMeter, type Stalls } from "../campaign/stall.ts";
import { insistInTime } from "../campaign/timing.ts";
import { Watcher } from "../campaign/watcher.ts";
import type { Place } from "../e2e/kit.ts";
import { type ProcessorTime, processorTime, stretch } from "./processor_time.ts";

/** Milliseconds between two looks at the memory. */
const LOOK_MS = 100;

/** What a part may cost others. */
export interface Allowed {
  /** Milliseconds of the longest answer to one who asks, on a machine that nobody else uses. */
  readonly stall: number;
}

/** What they see is noted alone. */
export const NO_BOUND: Allowed = { stall: Infinity };

/** A watcher, a meter of stalls and a look at the memory, until they are ended. */
export class Bystanders {
  readonly #watcher: Watcher;
  readonly #stopWatching: () => Promise<void>;
  readonly #meter: StallMeter;
  readonly #memory: number[] = [];
  readonly #start: ProcessorTime;
  #stalls: Stalls | undefined;
  #stretch = 1;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(private readonly place: Place, watcher: Watcher) {
    this.#watcher = watcher;
    this.#start = processorTime(place.hub.pid);
    this.#stopWatching = watcher.keepLooking();
    this.#meter = new StallMeter(place.socket);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  static async at(place: Place): Promise<Bystanders> {
    return new Bystanders(place, await Watcher.on(place.socket));
  }

  /** Bytes of the hub's memory at each look so far. */
  get memory(): readonly number[] {
    return this.#memory;
  }

  /** Ends all of it. Returns how many events the watcher got; throws where it was wronged. */
  async end(): Promise<number> {
    clearInterval(this.#timer);
    this.#stalls = await this.#meter.end();
    this.#stretch = stretch(this.#start, processorTime(this.place.hub.pid));
    try {
      await this.#stopWatching();
    } finally {
      this.#watcher.close();
    }
    return this.#watcher.got;
  }

  /** Notes what was seen until the end, and throws where it was more than is allowed. */
  judge(trial: Trial, { stall }: Allowed): void {
    const { answers = 0, longest = 0, p99 = 0, failures = [] } = this.#stalls ?? {};
    trial.tally.add("the watcher's events", this.#watcher.got);
    trial.tally.add("answers to who asks", answers);
    trial.note("longest stall", `${longest.toFixed(1)} ms`);
    trial.note("times longer than alone on the machine", this.#stretch.toFixed(2));
    trial.note("99 of 100 answers within", `${p99.toFixed(1)} ms`);
    trial.note("longest way of a watcher's event", `${this.#watcher.longest.toFixed(1)} ms`);
    if (failures.length > 0) throw new Error(`one who asks got no answer: ${failures[0]}`);
    const most = stall * this.#stretch;
    const wrong = `a stall of ${longest.toFixed(1)} ms, and not ${most.toFixed(1)} at most`;
    insistInTime(longest <= most, wrong);
  }

  #look(): void {
    if (!this.place.hub.hasEnded) this.#memory.push(this.place.hub.memory());
  }
}

/**
 * Does something beside bystanders, and judges what they saw.
 *
 * @param audit looks at the hub when the watcher is gone, which got so many events
 */
export async function beside(
  trial: Trial,
  place: Place,
  allowed: Allowed,
  something: (bystanders: Bystanders) => Promise<void>,
  audit: (watched: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const bystanders = await Bystanders.at(place);
  try {
    await something(bystanders);
  } catch (error) {
    // What they saw of it mostly follows from it.
    await bystanders.end().catch(() => {});
    throw error;
  }
  await audit(await bystanders.end());
  bystanders.judge(trial, allowed);
}

/** The middle of what was seen in one of five parts of the time, the first of which is 0. */
export function fifth(memory: readonly number[], which: number): number {
  const [from, to] = [which, which + 1].map((part) => Math.floor(memory.length * part / 5));
  const part = memory.slice(from, to).sort((a, b) => a - b);
  return part[Math.floor(part.length / 2)] ?? 0;
}

/** Bytes as people read them. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
