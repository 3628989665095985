/**
 * Paths in a catalogue are meant from the directory of its file, wherever the hub runs.
 *
 * @module
 */

import { resolve } from "@std/path/posix/resolve";
import { KINDS, type SourceSettings } from "../source/kinds.ts";

/** Settings that are any JSON, and none of which is a path. */
const AS_IT_IS = new Set(["payload", "send"]);

/** Settings whose members have names of the user's own. */
const NAMED = new Set(["environment", "headers"]);

/**
 * Settings in which every path begins at the root.
 *
 * @param directory the catalogue's
 */
export function rooted<S extends SourceSettings>(settings: S, directory: string): S {
  const { paths = [] } = KINDS[settings.kind];
  const walk = (value: unknown, way: string): unknown => {
    if (typeof value === "string") return paths.includes(way) ? resolve(directory, value) : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((element) => walk(element, way));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        if (way === "" && AS_IT_IS.has(name)) return [name, member];
        // Wherever a secret may stand it may stand in a file.
        const isSecret = name === "file" && Object.keys(value).length === 1 && !NAMED.has(way);
        if (isSecret && typeof member === "string") return [name, resolve(directory, member)];
        return [name, walk(member, way === "" ? name : `${way}.${name}`)];
      }),
    );
  };
  // It walks over what it was given, and changes texts to texts.
  return walk(settings, "") as S;
}
