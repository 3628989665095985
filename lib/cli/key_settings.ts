/**
 * What `bus consume` is told of its key.
 *
 * @module
 */

import type { CatalogueKey } from "../catalogue/catalogue.ts";
import { findKeys } from "../catalogue/find_catalogue.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { Invocation } from "./command.ts";
import { knownCatalogue } from "./known_catalogue.ts";
import type { CONSUME_ARGUMENTS, CONSUME_FLAGS } from "./command_lines.ts";

/** One run of `bus consume`, as it was typed. */
export type ConsumeInvocation = Invocation<typeof CONSUME_FLAGS, typeof CONSUME_ARGUMENTS>;

/** A command: a text for the shell, or a program and its arguments. */
export type CommandText = string | readonly string[];

/** Characters of a key in an error. */
const LONGEST_KEY = 200;

/** How a key is consumed. */
export interface KeySettings {
  /** The event types, or patterns of them. */
  readonly types: readonly string[];
  /** Run by the first consumer of the key, before it is ready. */
  readonly setup: CommandText | undefined;
  /** Run by the last consumer of the key, before it leaves. */
  readonly cleanup: CommandText | undefined;
  /** The path of the catalogue that was asked for it. */
  readonly catalogue: string | undefined;
}

/**
 * The settings of the key that is consumed: what the flags say goes before what the catalogue says.
 *
 * @throws {BusError} `usage`: neither says which types; `bad_catalogue`, `no_catalogue`
 */
export async function keySettings(
  { flags, arguments: { key }, paths }: Pick<ConsumeInvocation, "flags" | "arguments" | "paths">,
): Promise<KeySettings> {
  const place = await knownCatalogue(flags.config, paths);
  const catalogue = await findKeys(place);
  const known: Partial<CatalogueKey> = catalogue?.keys.get(key) ?? {};
  const { types = known.types, setup = known.setup, cleanup = known.cleanup } = flags;
  if (types) return { types, setup, cleanup, catalogue: catalogue?.path };
  const named = printable(JSON.stringify(key), LONGEST_KEY);
  const why = catalogue ? `no key ${named} in ${printable(catalogue.path)}` : "no catalogue";
  throw new BusError("usage", `--types A,B is missing, and there is ${why}`, "see: bus list");
}
