/**
 * Makes the code that looks whether a value is a catalogue, or a JSON Schema: `deno task validators`.
 * Made when it is needed it would take as long as the rest of a hub's start, and at a reload hold all
 * its peers up meanwhile.
 *
 * @module
 */

import { Ajv2020 } from "ajv/dist/2020";
import standalone from "ajv/dist/standalone";
import catalogue from "../lib/catalogue/catalogue.schema.json" with { type: "json" };

const FOLDER = new URL("../lib/catalogue/validators/", import.meta.url);

/** Written for modules that ask for others as it was done before there were modules. */
const ASKED = /require\("(ajv\/dist\/runtime\/(\w+))"\)\.default/g;

/** The modules, by the names of their files. */
export function validators(): Map<string, string> {
  const common = { strict: false, code: { source: true, esm: true } } as const;
  // All that is wrong with a catalogue is said, and in words of its schema.
  const ofCatalogues = new Ajv2020({
    ...common,
    allErrors: true,
    verbose: true,
    discriminator: true,
  });
  const ofSchemas = new Ajv2020(common);
  return new Map([
    ["catalogue.js", moduleOf(ofCatalogues, ofCatalogues.compile(catalogue))],
    ["json_schema.js", moduleOf(ofSchemas, ofSchemas.getSchema(catalogue.$schema))],
  ]);
}

function moduleOf(ajv: Ajv2020, validate: ReturnType<Ajv2020["getSchema"]>): string {
  const imports = new Set<string>();
  const text = standalone.default(ajv, validate).replaceAll(ASKED, (_, path, name) => {
    imports.add(`import * as ${name} from "${path}";`);
    // What such a module has as its default differs between a bundle and a run from source.
    return `${name}.default.default ?? ${name}.default`;
  });
  if (text.includes("require(")) throw new Error("a validator asks for more than is imported");
  const head = "// Made by ajv in `deno task validators`: not to be changed by hand.";
  return `${[head, ...imports, text.trimEnd()].join("\n")}\n`;
}

if (import.meta.main) {
  for (const [name, text] of validators()) await Deno.writeTextFile(new URL(name, FOLDER), text);
}
