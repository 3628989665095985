/**
 * A connection with all that is sent on it, as it is kept in a file.
 *
 * @module
 */

import type { Foretold } from "./foretold.ts";
import { joined } from "./mutations.ts";
import type { Situation } from "./oracle.ts";
import { STATES } from "./states.ts";

/** How a peer ends what it sends. */
export const ENDS = [
  /** It shuts its end down and goes on reading. */
  "half-closes",
  /** It waits for the hub's close, where that comes by itself; else it half-closes. */
  "stays",
  /** It closes without having read. */
  "vanishes",
  /** It half-closes while it waits for its key. */
  "leaves early",
] as const;

/** One of {@linkcode ENDS}. */
export type End = typeof ENDS[number];

/** A connection to be played. */
export interface Case {
  /** One of `states.ts`. */
  readonly state: string;
  readonly key: string;
  /** All that is sent, from the first byte of the connection on. */
  readonly writes: readonly Uint8Array[];
  readonly end: End;
}

/** All bytes of a case. */
export function bytesOf({ writes }: Case): Uint8Array {
  return joined(...writes);
}

/** What has to be known to foretell a case. */
export function situationOf({ state, key, end }: Omit<Case, "writes">): Situation {
  const companion = STATES[state]?.companion;
  if (!companion) throw new RangeError(`no state: ${state}`);
  return { key, companion, leavesEarly: end === "leaves early" };
}

/** A case in its file. */
export interface KeptCase extends Case {
  /** What must come of it where nothing came before it. */
  readonly expected: { readonly answers: readonly string[]; readonly events: readonly string[] };
  /** What came instead when it was found; nothing where it was picked by hand. */
  readonly came?: string;
}

/** Where they lie. */
const DIRECTORY = new URL("./cases/", import.meta.url);

/** Writes a case to a file of its own, and returns its path. */
export async function keep(
  found: Case,
  { answers, events }: Foretold,
  came?: string,
): Promise<string> {
  const writes = found.writes.map((write) => write.toBase64());
  const { state, key, end } = found;
  const kept = { state, key, end, writes, expected: { answers, events }, came };
  const text = `${JSON.stringify(kept, null, 2)}\n`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const path = new URL(`${new Uint8Array(digest).toHex().slice(0, 12)}.json`, DIRECTORY).pathname;
  await Deno.mkdir(DIRECTORY, { recursive: true });
  await Deno.writeTextFile(path, text);
  return path;
}

/** All that are kept, by the names of their files. */
export async function keptCases(): Promise<Map<string, KeptCase>> {
  const cases = new Map<string, KeptCase>();
  for await (const { name } of Deno.readDir(DIRECTORY)) {
    const kept = JSON.parse(await Deno.readTextFile(new URL(name, DIRECTORY)));
    const writes = kept.writes.map((write: string) => Uint8Array.fromBase64(write));
    cases.set(name, { ...kept, writes });
  }
  return new Map([...cases].sort(([a], [b]) => a < b ? -1 : 1));
}
