/**
 * The catalogue that a command goes by: the one that was named, else the one of the hub that runs.
 *
 * @module
 */

import { type CataloguePlace, cataloguePlace } from "../catalogue/find_catalogue.ts";
import { statusOf } from "../client/control.ts";
import type { HubPaths } from "../platform/paths.ts";
import { BusError } from "../protocol/errors.ts";

/** Milliseconds that the hub has to say which it is. */
const PATIENCE_MS = 500;

/**
 * Where the catalogue is. A hub may run by another one than lies beside its name; where none answers
 * that one is meant.
 *
 * @param given the value of `--config`
 */
export async function knownCatalogue(
  given: string | undefined,
  paths: HubPaths,
): Promise<CataloguePlace> {
  const beside = cataloguePlace(given, paths);
  if (beside.isGiven) return beside;
  try {
    const { config } = await statusOf(paths, PATIENCE_MS);
    // A hub says it from the root on; whatever else it says is no path.
    return config?.startsWith("/") ? { path: config, isGiven: false } : beside;
  } catch (error) {
    if (error instanceof BusError) return beside;
    throw error;
  }
}
