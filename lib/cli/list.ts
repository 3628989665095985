/**
 * `bus list`: shows the event keys of the catalogue.
 *
 * @module
 */

import type { Catalogue } from "../catalogue/catalogue.ts";
import { findKeys } from "../catalogue/find_catalogue.ts";
import { printable } from "../platform/printable.ts";
import type { Invocation } from "./command.ts";
import type { LIST_FLAGS } from "./command_lines.ts";
import { EXIT } from "./exit.ts";
import { jsonText } from "./json_text.ts";
import { knownCatalogue } from "./known_catalogue.ts";
import type { Paint } from "./paint.ts";
import { table } from "./table.ts";

/** Characters of what is said of a key. */
const LONGEST = 60;

/** Returns when they are printed. */
export async function run(
  { flags, paths, output }: Invocation<typeof LIST_FLAGS, unknown>,
): Promise<number> {
  const place = await knownCatalogue(flags.config, paths);
  const catalogue = await findKeys(place);
  const keys = catalogue?.keys ?? new Map();
  if (flags.json) {
    const list = Array.from(keys, ([key, { schema: _, ...known }]) => ({ key, ...known }));
    await output.print(jsonText(list, output));
    return EXIT.done;
  }
  if (keys.size > 0) await output.print(listView(keys, output.paint));
  else if (catalogue) output.say(`no keys in ${printable(catalogue.path)}`);
  else output.say(`no catalogue${place.path ? ` ${printable(place.path)}` : ""}`);
  return EXIT.done;
}

/** The keys as a table. */
export function listView(keys: Catalogue["keys"], paint: Paint): string {
  const rows = Array.from(keys, ([name, key]) => [
    printable(name, LONGEST),
    printable(key.types.join(" "), LONGEST),
    [
      ...(key.single ? ["single"] : []),
      ...(key.setup ? ["setup"] : []),
      ...(key.cleanup ? ["cleanup"] : []),
      ...(key.schema === undefined ? [] : ["schema"]),
    ].join(" ") || "-",
    printable(key.description ?? "-", LONGEST),
  ]);
  const titles = ["KEY", "TYPES", "HAS", "DESCRIPTION"];
  const columns = titles.map((title) => ({ title: paint.dim(title), align: "left" as const }));
  return table(columns, rows).map((line) => `${line}\n`).join("");
}
