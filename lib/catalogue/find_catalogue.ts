/**
 * Which catalogue is meant.
 *
 * @module
 */

import { resolve } from "@std/path/posix/resolve";
import type { HubPaths } from "../platform/paths.ts";
import { BusError } from "../protocol/errors.ts";
import type { Catalogue, KeyCatalogue } from "./catalogue.ts";

/** Where a catalogue is looked for. */
export interface CataloguePlace {
  /** Its path, from the root on; none where there is no place for one. */
  readonly path: string | undefined;
  /** Whether it was asked for by name, so that it must be there. */
  readonly isGiven: boolean;
}

/** The catalogue that was given, else the one beside the name of a hub. */
export function cataloguePlace(given: string | undefined, paths: HubPaths): CataloguePlace {
  if (given === undefined) return { path: paths.catalogue, isGiven: false };
  // A hub tells others which it is, who may be elsewhere.
  return { path: resolve(given), isGiven: true };
}

/**
 * Reads the catalogue of a place.
 *
 * @returns nothing where there is none, and need be none
 * @throws {BusError} `no_catalogue`: there must be one; `bad_catalogue`: it has mistakes
 */
export async function findCatalogue(place: CataloguePlace): Promise<Catalogue | undefined> {
  return await find(place, async (path) => {
    const { readCatalogue } = await import("./read_catalogue.ts");
    return await readCatalogue(path);
  });
}

/**
 * Reads what the catalogue of a place says of its keys.
 *
 * @returns nothing where there is none, and need be none
 * @throws {BusError} as {@linkcode findCatalogue}
 */
export async function findKeys(place: CataloguePlace): Promise<KeyCatalogue | undefined> {
  return await find(place, async (path) => {
    const { readKeys } = await import("./read_catalogue.ts");
    return await readKeys(path);
  });
}

async function find<T>(
  { path, isGiven }: CataloguePlace,
  read: (path: string) => Promise<T>,
): Promise<T | undefined> {
  if (path === undefined) return undefined;
  // Most hubs have none, and need not wait until all that reads one is loaded.
  if (!isGiven && !await isThere(path)) return undefined;
  try {
    return await read(path);
  } catch (error) {
    const isGone = error instanceof BusError && error.code === "no_catalogue";
    if (isGone && !isGiven) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
