/**
 * `bus check`: finds the mistakes of a catalogue.
 *
 * @module
 */

import { cataloguePlace } from "../catalogue/find_catalogue.ts";
import { CatalogueError, readCatalogue } from "../catalogue/read_catalogue.ts";
import { printable } from "../platform/printable.ts";
import { BusError, ERROR_CODES } from "../protocol/errors.ts";
import type { Invocation } from "./command.ts";
import type { CHECK_ARGUMENTS } from "./command_lines.ts";
import { counted } from "../platform/counted.ts";
import { EXIT } from "./exit.ts";

/** Returns when all are said. */
export async function run(
  invocation: Invocation<Record<never, never>, typeof CHECK_ARGUMENTS>,
): Promise<number> {
  const { arguments: { file }, output } = invocation;
  // The paths of a hub are not asked for where they do not matter.
  const path = file ?? cataloguePlace(undefined, invocation.paths).path;
  if (path === undefined) {
    throw new BusError("usage", "a hub on a given socket has no catalogue of its own", "give FILE");
  }
  try {
    const { keys, sources } = await readCatalogue(path);
    const what = `${counted(keys.size, "key")}, ${counted(sources.size, "source")}`;
    output.say(`${printable(path)}: all is well (${what})`);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    for (const line of error.lines) output.sayError(line);
    return ERROR_CODES[error.code].exit;
  }
}
