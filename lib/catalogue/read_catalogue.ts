/**
 * Reading a catalogue's file: it is whole and right, or refused with what is wrong and where.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import { readTextUpTo } from "../platform/bounded_file.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { isName, NAME } from "../protocol/fields.ts";
import type { SourceSettings } from "../source/kinds.ts";
import type { Catalogue, CatalogueKey, KeyCatalogue } from "./catalogue.ts";
import { CatalogueText, type Fault, type Path } from "./catalogue_text.ts";
import { rooted } from "./rooted.ts";
import { schemaFaults } from "./schema_faults.ts";
import { sourceFaults } from "./source_faults.ts";

/** Bytes of the longest catalogue. */
const LONGEST = 4 * 1024 * 1024;

/** Mistakes that are said one by one; of more only their number is. */
const MOST_SAID = 100;

/** A catalogue with mistakes. */
export class CatalogueError extends BusError {
  /** The name of this class. */
  override readonly name = "CatalogueError";

  /**
   * A sentence for each mistake, in the order of the text: file, line, path, what is wrong and what is
   * allowed; at last how many more there are.
   */
  readonly lines: readonly string[];

  /**
   * Makes one.
   *
   * @param lines a sentence for each mistake that is said
   * @param unsaid how many more there are
   */
  constructor(lines: readonly string[], unsaid = 0) {
    const more = lines.length - 1 + unsaid;
    super("bad_catalogue", `${lines[0]}${more > 0 ? ` (and ${more} more)` : ""}`);
    this.lines = unsaid > 0 ? [...lines, `and ${unsaid} more`] : lines;
  }
}

/**
 * Reads a catalogue.
 *
 * @throws {CatalogueError} the file has mistakes
 * @throws {BusError} `no_catalogue`: there is no such file; `bad_catalogue`: it cannot be read
 */
export async function readCatalogue(path: string): Promise<Catalogue> {
  const draft = await Draft.read(path);
  await draft.checkKeys();
  await draft.checkSources();
  draft.expectNoFaults();
  const directory = dirname(resolve(path));
  const held = Array.from(
    draft.sources,
    ([name, source]) => [name, rooted(source, directory)] as const,
  );
  return { path, keys: draft.keys, sources: new Map(held) };
}

/**
 * Reads what a catalogue says of its keys. That is all that a consumer needs, which should neither wait
 * for all that sources need nor end because one of them is wrong.
 *
 * @throws {BusError} as {@linkcode readCatalogue}
 */
export async function readKeys(path: string): Promise<KeyCatalogue> {
  const draft = await Draft.read(path);
  await draft.checkKeys();
  draft.expectNoFaults();
  return { path, keys: draft.keys };
}

/** A catalogue of the right shape, and what is found wrong in it. */
class Draft {
  readonly keys: ReadonlyMap<string, CatalogueKey>;
  readonly sources: ReadonlyMap<string, SourceSettings>;
  readonly #faults: Fault[] = [];

  private constructor(private readonly path: string, private readonly text: CatalogueText) {
    for (const { path, problem } of schemaFaults(text.value)) this.#add(path, problem);
    this.expectNoFaults();
    // The schema has just said so.
    const { keys = {}, sources = {} } = text.value as {
      keys?: Record<string, CatalogueKey>;
      sources?: Record<string, SourceSettings>;
    };
    this.keys = new Map(Object.entries(keys));
    this.sources = new Map(Object.entries(sources));
  }

  static async read(path: string): Promise<Draft> {
    const text = new CatalogueText(await readText(path));
    if (text.faults.length > 0) throw mistakes(path, text.faults);
    return new Draft(path, text);
  }

  async checkKeys(): Promise<void> {
    for (const [name, key] of this.keys) {
      for (const [at, type] of key.types.entries()) {
        if (!isName(type)) this.#add(["keys", name, "types", at], `must be ${NAME.description}`);
      }
      const fault = await schemaFault(key, this.path);
      if (fault) this.#add(["keys", name, "schema"], fault);
    }
  }

  async checkSources(): Promise<void> {
    for (const [name, settings] of this.sources) {
      // To look at a source may take long, and what is found then would not be said.
      if (this.#faults.length > MOST_SAID) return;
      for await (const { path, problem } of sourceFaults(settings)) {
        this.#add(["sources", name, ...path], problem);
      }
    }
  }

  /** @throws {CatalogueError} there are some */
  expectNoFaults(): void {
    if (this.#faults.length > 0) throw mistakes(this.path, this.#faults);
  }

  #add(path: Path, problem: string): void {
    this.#faults.push({ line: this.text.lineOf(path), path, problem });
  }
}

async function schemaFault(key: CatalogueKey, catalogue: string): Promise<string | undefined> {
  if (key.schema === undefined) return undefined;
  const { payloadSchema, payloadSchemaFault } = await import("./payload_schema.ts");
  try {
    return payloadSchemaFault(await payloadSchema(key, catalogue));
  } catch (error) {
    if (error instanceof BusError) return `cannot be read: ${error.message}`;
    throw error;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readTextUpTo(path, LONGEST);
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
  // A parser may stumble over one thing twice.
  const lines = new Set<string>();
  let said = 0;
  for (const { line, path, problem } of inOrder) {
    if (lines.size === MOST_SAID) break;
    const where = path.length > 0 ? ` ${path.join(".")}` : "";
    lines.add(printable(`${file}:${line}:${where} ${problem}`, 1_000));
    said++;
  }
  return new CatalogueError([...lines], faults.length - said);
}
