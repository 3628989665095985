/**
 * The sources of one hub: which there are, and how they come and go.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import type { Publication, PublishOutcome } from "../hub/hub.ts";
import type { SystemClocks } from "../platform/clocks.ts";
import { BusError } from "../protocol/errors.ts";
import type { SourceInfo } from "../protocol/messages.ts";
import type { SourceSettings } from "../source/kinds.ts";
import type { HubEvent } from "../source/source.ts";
import type { Log } from "./log.ts";
import { HeldSource } from "./held_source.ts";

/** The hub that the sources bring their events to. */
export interface Outlet {
  route(publication: Publication): Promise<PublishOutcome>;
  announce(info: SourceInfo): void;
  consume(types: readonly string[], name: string, signal: AbortSignal): AsyncIterable<HubEvent>;
}

/** What sources need. */
export interface SourcesOptions {
  readonly outlet: Outlet;
  readonly log: Log;
  readonly clocks: SystemClocks;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

/** Sources by their names. */
export type WantedSources = ReadonlyMap<string, SourceSettings>;

/** Holds the sources that are wanted, and no others. */
export class Sources {
  readonly #options: SourcesOptions;
  readonly #held = new Map<string, HeldSource>();
  #isStopping = false;

  constructor(options: SourcesOptions) {
    this.#options = options;
  }

  /** How each is now. */
  get infos(): SourceInfo[] {
    return Array.from(this.#held.values(), ({ info }) => info);
  }

  /**
   * From now on these are wanted. Those that are there with the same settings go on undisturbed, unless
   * they were given up; the others end before the new ones begin, for they may need the same port. One
   * call at a time.
   *
   * @throws {BusError} one of them cannot be opened: then all is as it was; `stopped`: all end
   */
  async replace(wanted: WantedSources): Promise<void> {
    const opened = await this.#openMissing(wanted);
    const leaving = [...this.#held].filter(([name]) => !wanted.has(name) || opened.has(name));
    await Promise.all(leaving.map(([, held]) => held.end()));
    for (const [name] of leaving) this.#held.delete(name);
    if (this.#isStopping) {
      await endAll(opened.values());
      throw new BusError("stopped", "the hub stops");
    }
    for (const [name, held] of opened) {
      this.#held.set(name, held);
      held.begin();
    }
  }

  /** Ends all. Resolves when each has let go of what it had. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await endAll(this.#held.values());
  }

  async #openMissing(wanted: WantedSources): Promise<Map<string, HeldSource>> {
    const opened = new Map<string, HeldSource>();
    try {
      for (const [name, settings] of wanted) {
        const held = this.#held.get(name);
        const goesOn = held && !held.isGivenUp && isDeepStrictEqual(held.settings, settings);
        if (!goesOn) opened.set(name, await this.#open(name, settings));
      }
    } catch (error) {
      await endAll(opened.values());
      throw error;
    }
    return opened;
  }

  async #open(name: string, settings: SourceSettings): Promise<HeldSource> {
    try {
      return await HeldSource.open(name, settings, this.#options);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      throw new BusError(error.code, `source ${name}: ${error.message}`, error.hint);
    }
  }
}

async function endAll(held: Iterable<HeldSource>): Promise<void> {
  await Promise.all(Array.from(held, (source) => source.end()));
}

/** Names for sources that have none: that of their kind, and a number where it is taken. */
export function namedSources(unnamed: readonly SourceSettings[]): Map<string, SourceSettings> {
  const named = new Map<string, SourceSettings>();
  for (const settings of unnamed) {
    let name: string = settings.kind;
    for (let number = 2; named.has(name); number++) name = `${settings.kind}-${number}`;
    named.set(name, settings);
  }
  return named;
}
