/**
 * Reading a catalogue's file: it is whole and right, or refused with what is wrong and where.
 *
 * @module
 */

import { resolve } from "@std/path/posix/resolve";
import { parentOf } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { isName, NAME } from "../protocol/fields.ts";
import { KINDS, type SourceSettings } from "../source/kinds.ts";
import { Template } from "../source/template.ts";
import type { Catalogue, CatalogueKey } from "./catalogue.ts";
import { CatalogueText, type Fault, type Path } from "./catalogue_text.ts";
import { rooted } from "./rooted.ts";
import { payloadSchemaFault, schemaFaults } from "./schema_faults.ts";

/** Bytes of the longest catalogue. */
const LONGEST = 4 * 1024 * 1024;

/** A catalogue with mistakes. */
export class CatalogueError extends BusError {
  /** The name of this class. */
  override readonly name = "CatalogueError";

  /**
   * Makes one.
   *
   * @param lines a sentence for each mistake, in the order of the text: file, line, path, what is
   * wrong and what is allowed
   */
  constructor(readonly lines: readonly string[]) {
    const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : "";
    super("bad_catalogue", `${lines[0]}${more}`);
  }
}

/**
 * Reads a catalogue.
 *
 * @throws {CatalogueError} the file has mistakes
 * @throws {BusError} `no_catalogue`: there is no such file; `bad_catalogue`: it cannot be read
 */
export async function readCatalogue(path: string): Promise<Catalogue> {
  const text = new CatalogueText(await readText(path));
  const faults = [...text.faults];
  const add = (path: Path, problem: string) => {
    faults.push({ line: text.lineOf(path), path, problem });
  };
  if (faults.length === 0) {
    for (const { path, problem } of schemaFaults(text.value)) add(path, problem);
  }
  if (faults.length > 0) throw mistakes(path, faults);
  // The schema has just said so.
  const { keys = {}, sources = {} } = text.value as {
    keys?: Record<string, CatalogueKey>;
    sources?: Record<string, SourceSettings>;
  };
  for (const [name, key] of Object.entries(keys)) {
    for (const [at, type] of key.types.entries()) {
      if (!isName(type)) add(["keys", name, "types", at], `must be ${NAME.description}`);
    }
    const fault = await schemaFault(key.schema, path);
    if (fault) add(["keys", name, "schema"], fault);
  }
  for (const [name, settings] of Object.entries(sources)) {
    for await (const [setting, problem] of sourceFaults(settings)) {
      add(["sources", name, setting], problem);
    }
  }
  if (faults.length > 0) throw mistakes(path, faults);
  const directory = parentOf(resolve(path));
  const held = Object.entries(sources).map(([name, source]) =>
    [name, rooted(source, directory)] as const
  );
  return { path, keys: new Map(Object.entries(keys)), sources: new Map(held) };
}

/**
 * The JSON Schema of a key's payload, read from its file where it has one.
 *
 * @returns nothing where the key has none
 * @throws {BusError} `bad_catalogue`: the file cannot be read
 */
export async function payloadSchema(key: CatalogueKey, catalogue: string): Promise<unknown> {
  if (typeof key.schema !== "string") return key.schema;
  const path = resolve(parentOf(resolve(catalogue)), key.schema);
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new BusError("bad_catalogue", `${printable(path)}: ${systemReason(error)}`);
  }
}

async function schemaFault(schema: unknown, catalogue: string): Promise<string | undefined> {
  if (schema === undefined) return undefined;
  try {
    return payloadSchemaFault(await payloadSchema({ types: [], schema }, catalogue));
  } catch (error) {
    if (error instanceof BusError) return `cannot be read: ${error.message}`;
    throw error;
  }
}

/** What no schema can say of a source's settings. */
async function* sourceFaults(
  settings: SourceSettings,
): AsyncGenerator<[setting: string, problem: string]> {
  const scopes = ["body", ...KINDS[settings.kind].scopes];
  for (const setting of ["type", "id"] as const) {
    const problem = settings[setting] && templateFault(settings[setting], scopes);
    if (problem) yield [setting, problem];
  }
  if (settings.only === undefined) return;
  const { Filter } = await import("../source/filter.ts");
  try {
    await Filter.of(settings.only);
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    yield ["only", `is ${error.message}`];
  }
}

function templateFault(text: string, allowed: readonly string[]): string | undefined {
  try {
    const unknown = [...new Template(text).scopes].find((scope) => !allowed.includes(scope));
    if (unknown === undefined) return undefined;
    return `has nothing to put for {${unknown}} (allowed: ${allowed.join(", ")})`;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return `is no template: ${error.message} (${error.hint})`;
  }
}

async function readText(path: string): Promise<string> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (isFile && size > LONGEST) throw new Error(`longer than ${LONGEST} bytes`);
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const reason = `there is no catalogue ${printable(path)}`;
      throw new BusError("no_catalogue", reason, "see: bus check --help");
    }
    const reason = `${printable(path)} cannot be read: ${systemReason(error)}`;
    throw new BusError("bad_catalogue", reason);
  }
}

function mistakes(file: string, faults: readonly Fault[]): CatalogueError {
  const inOrder = faults.toSorted((one, other) => one.line - other.line);
  const lines = inOrder.map(({ line, path, problem }) => {
    const where = path.length > 0 ? ` ${path.join(".")}` : "";
    return printable(`${file}:${line}:${where} ${problem}`, 1_000);
  });
  // A parser may stumble over one thing twice.
  return new CatalogueError([...new Set(lines)]);
}
