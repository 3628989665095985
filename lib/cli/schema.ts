/**
 * `bus schema`: shows what the events of a key are.
 *
 * @module
 */

import { findKeys } from "../catalogue/find_catalogue.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { Invocation } from "./command.ts";
import type { SCHEMA_ARGUMENTS, SCHEMA_FLAGS } from "./command_lines.ts";
import { EXIT } from "./exit.ts";
import { meant, meantHint } from "./flags.ts";
import { jsonText } from "./json_text.ts";
import { knownCatalogue } from "./known_catalogue.ts";

/** Returns when it is printed. */
export async function run(
  { flags, arguments: { key: name }, paths, output }: Invocation<
    typeof SCHEMA_FLAGS,
    typeof SCHEMA_ARGUMENTS
  >,
): Promise<number> {
  const place = await knownCatalogue(flags.config, paths);
  const catalogue = await findKeys(place);
  const key = catalogue?.keys.get(name);
  if (!catalogue || !key) {
    const where = catalogue ? ` in ${printable(catalogue.path)}` : ": there is no catalogue";
    const candidate = meant(name, [...catalogue?.keys.keys() ?? []]);
    throw new BusError(
      "usage",
      `no key ${printable(JSON.stringify(name), LONGEST_KEY)}${where}`,
      meantHint(candidate, "bus list"),
    );
  }
  const { payloadSchema } = await import("../catalogue/payload_schema.ts");
  const schema = await payloadSchema(key, catalogue.path);
  const known = { key: name, types: key.types, description: key.description, schema };
  await output.print(jsonText(known, output));
  return EXIT.done;
}

/** Characters of a key in an error. */
const LONGEST_KEY = 200;
