/**
 * What a hub's catalogue says, carried out: its sources are held, its keys known.
 *
 * @module
 */

import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Hub } from "../hub/hub.ts";
import { type CataloguePlace, findCatalogue } from "../catalogue/find_catalogue.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { SourceInfo } from "../protocol/messages.ts";
import type { Log } from "./log.ts";
import type { SourceSettings } from "../source/kinds.ts";
import { consumeInside } from "./inner_consumer.ts";
import type { Server, Upstream } from "./server.ts";
import { namedSources, Sources, type WantedSources } from "./sources.ts";

/** What a {@linkcode CatalogueUpstream} needs. */
export interface UpstreamOptions {
  /** Where the catalogue is, if there is one, or may come to be one. */
  readonly path: string | undefined;
  /** Reads it; nothing where there is none and need be none. */
  readonly read: () => Promise<Catalogue | undefined>;
  /** Sources that are held whatever the catalogue says. */
  readonly fixed: WantedSources;
  readonly sources: Pick<Sources, "infos" | "replace" | "stop">;
  readonly hub: Pick<Hub, "takeOneAt">;
  readonly log: Log;
}

/** The catalogue that a hub runs by, until another is taken over whole. */
export class CatalogueUpstream implements Upstream {
  readonly #options: UpstreamOptions;
  #catalogue: Catalogue | undefined;
  /** One at a time. */
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  get infos(): readonly SourceInfo[] {
    return this.#options.sources.infos;
  }

  get catalogue(): string | undefined {
    return this.#catalogue?.path;
  }

  /**
   * Begins with a catalogue. Its keys are known at once, so that who comes before its sources are open
   * finds them as they are to be; a reload waits until they are.
   *
   * @throws {BusError} a source of it cannot be opened
   */
  begin(catalogue: Catalogue | undefined): Promise<void> {
    this.#know(catalogue);
    const begun = this.#hold(catalogue);
    this.#reloading = begun.catch(() => {});
    return begun;
  }

  /** @inheritdoc */
  reload(): Promise<string | undefined> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded;
    return reloaded;
  }

  /** Ends all sources. */
  async stop(): Promise<void> {
    await this.#options.sources.stop();
  }

  async #reload(): Promise<string | undefined> {
    const { path, read, log } = this.#options;
    if (path === undefined) return "this hub has no catalogue";
    try {
      const catalogue = await read();
      if (!catalogue && !this.#catalogue) return `there is no catalogue ${printable(path)}`;
      await this.#hold(catalogue);
      this.#know(catalogue);
      log.line(
        catalogue ? `the catalogue ${path} was taken over` : `the catalogue ${path} is gone`,
      );
      return undefined;
    } catch (error) {
      // A defect must not end the hub for a catalogue: all is as it was.
      const reason = error instanceof BusError ? error.message : `it failed: ${error}`;
      log.line(`the catalogue is as it was: ${reason}`);
      return reason;
    }
  }

  async #hold(catalogue: Catalogue | undefined): Promise<void> {
    const { sources, fixed } = this.#options;
    const taken = [...fixed.keys()].find((name) => catalogue?.sources.has(name));
    if (taken !== undefined) {
      const reason = `the source ${taken} of the catalogue has the name of one given by --source`;
      throw new BusError("bad_catalogue", reason, "give it another name in the catalogue");
    }
    await sources.replace(new Map([...catalogue?.sources ?? [], ...fixed]));
  }

  #know(catalogue: Catalogue | undefined): void {
    const keys = [...catalogue?.keys ?? []];
    const single = keys.filter(([, { single }]) => single).map(([name]) => name);
    this.#options.hub.takeOneAt(new Set(single));
    this.#catalogue = catalogue;
  }
}

/** The upstream of a hub. */
export function upstreamOf(
  server: Server,
  place: CataloguePlace,
  fixed: readonly SourceSettings[],
): CatalogueUpstream {
  const { hub, log, clocks } = server;
  const sources = new Sources({
    outlet: {
      route: (publication) => server.route(publication),
      announce: (info) => server.announce(info),
      consume: (types, name, signal) =>
        consumeInside((ends) => void server.admit(ends), types, name, signal),
    },
    log,
    clocks,
    random: Math.random,
  });
  return new CatalogueUpstream({
    path: place.path,
    read: () => findCatalogue(place),
    fixed: namedSources(fixed),
    sources,
    hub,
    log,
  });
}
