/**
 * Holding a catalogue against its JSON Schema, and saying what is wrong in words.
 *
 * @module
 */

import type { AnySchemaObject, ErrorObject } from "ajv/dist/2020";
import { closestString } from "@std/text/closest-string";
import schema from "./catalogue.schema.json" with { type: "json" };
import type { Path } from "./catalogue_text.ts";
// @ts-types="./validators/validate.d.ts"
import { validate } from "./validators/catalogue.js";

/** What is wrong, and where. */
export interface SchemaFault {
  readonly path: Path;
  readonly problem: string;
}

/** Keys or sources that are looked at together: what that takes is the square of their faults. */
const TOGETHER = 100;

/** What is wrong with a value that is to be a catalogue; nothing where it is one. */
export function schemaFaults(value: unknown): SchemaFault[] {
  return Array.from(parts(value), (part) => validate(part) ? [] : validate.errors ?? [])
    .flat().flatMap((error) => described(error) ?? []);
}

/** Catalogues that have together what one has. */
function* parts(value: unknown): Generator<unknown> {
  if (!isObject(value)) return yield value;
  const rest: Record<string, unknown> = { ...value };
  for (const room of ["keys", "sources"]) {
    const members = rest[room];
    if (!isObject(members)) continue;
    delete rest[room];
    const all = Object.entries(members);
    for (let at = 0; at < all.length; at += TOGETHER) {
      yield { [room]: Object.fromEntries(all.slice(at, at + TOGETHER)) };
    }
  }
  yield rest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Nothing for an error that only says that there was another one further in. */
function described(error: ErrorObject): SchemaFault | undefined {
  const path = pathOf(error.instancePath);
  const { parentSchema = {}, params } = error;
  const description: unknown = parentSchema.description;
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      const allowed = settingsOf(parentSchema);
      if (allowed.includes(name)) return undefined;
      return { path: [...path, name], problem: `is unknown here (${choice(name, allowed)})` };
    }
    case "required":
      // What else is missing depends on the kind.
      if (params.missingProperty === "kind") return undefined;
      return { path, problem: `has no ${params.missingProperty}` };
    case "discriminator": {
      const kinds = schema.$defs.source.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));
      if (params.error === "tag") return { path, problem: `has no kind (${listed(kinds)})` };
      const problem = `is no kind of source (${choice(String(params.tagValue), kinds)})`;
      return { path: [...path, "kind"], problem };
    }
    case "propertyNames":
    case "oneOf":
    case "const":
      return undefined;
    default: {
      const what = typeof description === "string" ? description : error.message;
      if (error.propertyName !== undefined) {
        return { path: [...path, error.propertyName], problem: `its name must be ${what}` };
      }
      return { path, problem: `must be ${what}` };
    }
  }
}

function settingsOf(parent: AnySchemaObject): string[] {
  const own = Object.keys(parent.properties ?? {});
  return parent.allOf ? [...own, ...Object.keys(schema.$defs.common.properties)] : own;
}

function choice(word: string, allowed: readonly string[]): string {
  const meant = word.length < 100 && allowed.length > 0 ? closestString(word, [...allowed]) : "";
  return meant && isLike(word, meant) ? `did you mean ${meant}?` : listed(allowed);
}

function isLike(word: string, other: string): boolean {
  return word[0]?.toLowerCase() === other[0]?.toLowerCase();
}

function listed(words: readonly string[]): string {
  return `allowed: ${words.filter((word) => word !== "$schema").join(", ")}`;
}

/** A JSON pointer as a path; a number may be the name of a member, which is found all the same. */
function pathOf(pointer: string): Path {
  return pointer.split("/").slice(1).map((part) => {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(name) ? Number(name) : name;
  });
}
