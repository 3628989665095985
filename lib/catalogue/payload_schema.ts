/**
 * The JSON Schema of a key's payload.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import { readTextUpTo } from "../platform/bounded_file.ts";
import { printable } from "../platform/printable.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import type { CatalogueKey } from "./catalogue.ts";
// @ts-types="./validators/validate.d.ts"
import { validate } from "./validators/json_schema.js";

/** Bytes of the longest one. */
const LONGEST = 4 * 1024 * 1024;

/** The draft that all of a catalogue's schemas are of that name no other. */
const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/**
 * Reads it, from its file where it has one.
 *
 * @param catalogue the path of the key's catalogue, from whose directory the file's path is meant
 * @returns nothing where the key has none
 * @throws {BusError} `bad_catalogue`: the file cannot be read
 */
export async function payloadSchema(
  { schema }: Pick<CatalogueKey, "schema">,
  catalogue: string,
): Promise<unknown> {
  if (typeof schema !== "string") return schema;
  const path = resolve(dirname(resolve(catalogue)), schema);
  try {
    return JSON.parse(await readTextUpTo(path, LONGEST));
  } catch (error) {
    throw new BusError("bad_catalogue", `${printable(path)}: ${systemReason(error)}`);
  }
}

/** What is wrong with a value that is to be a JSON Schema; nothing where it is one. */
export function payloadSchemaFault(value: unknown): string | undefined {
  if (typeof value !== "object" && typeof value !== "boolean" || value === null) {
    return "is no JSON Schema";
  }
  // A schema of another draft is the business of whoever reads it.
  if (typeof value === "object" && "$schema" in value && value.$schema !== DRAFT) return undefined;
  try {
    if (validate(value)) return undefined;
  } catch (error) {
    if (error instanceof RangeError) return "is nested too deep";
    throw error;
  }
  const [error] = validate.errors ?? [];
  return `is no JSON Schema: ${error?.instancePath || "it"} ${error?.message ?? "is wrong"}`;
}
