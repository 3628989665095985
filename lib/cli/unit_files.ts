/**
 * Units as files: what `bus service` wrote, and what it must leave alone.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { shellWord } from "../platform/shell_word.ts";
import { cannot } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import type { Unit } from "./service_units.ts";

/** A unit and the file that it is, or is to be. */
export interface UnitFile {
  /** The unit's name. */
  readonly name: string;
  readonly directory: string;
  readonly path: string;
  /** All that stands in the file: a mark, then the unit's text. */
  readonly text: string;
  /**
   * What is there: nothing; this very text; another one that `bus` wrote; something that somebody
   * else wrote or changed.
   */
  readonly state: "absent" | "same" | "outdated" | "foreign";
}

const MARK = /^# Written by bus service install, sum ([0-9a-f]{16})\. /;

/** Looks what is there of a unit. */
export async function unitFile(unit: Unit, directory: string): Promise<UnitFile> {
  const { name } = unit;
  const path = `${directory}/${name}`;
  const text = await marked(unit);
  return { name, directory, path, text, state: await stateOf(path, text) };
}

/**
 * Writes units where others are outdated or absent, each as a whole or not at all.
 *
 * @returns the paths that were written
 * @throws {BusError} `failed`: one of the files is not the work of `bus` alone, and none is written;
 * or the system refuses
 */
export async function writeUnits(files: readonly UnitFile[]): Promise<string[]> {
  for (const { path, state } of files) if (state === "foreign") throw foreign(path);
  const due = files.filter(({ state }) => state !== "same");
  for (const { name, directory, path, text } of due) {
    // systemd reads no file whose name begins with a dot.
    const aside = `${directory}/.${name}.${Deno.pid}`;
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(aside, text, { createNew: true, mode: 0o644 });
      await Deno.rename(aside, path);
    } catch (error) {
      await Deno.remove(aside).catch(() => {});
      throw cannot("write", path, error);
    }
  }
  return due.map(({ path }) => path);
}

/**
 * Removes the files that `bus` wrote and nobody has changed.
 *
 * @returns the paths that are removed, and those that are left because they were changed
 * @throws {BusError} `failed`: a unit is still enabled, or the system refuses
 */
export async function removeUnits(
  files: readonly UnitFile[],
): Promise<{ removed: string[]; left: string[] }> {
  for (const file of files) await checkDisabled(file, files);
  const removed: string[] = [];
  for (const { path, state } of files) {
    if (state !== "same" && state !== "outdated") continue;
    try {
      await Deno.remove(path);
    } catch (error) {
      throw cannot("remove", path, error);
    }
    removed.push(path);
  }
  return {
    removed,
    left: files.filter(({ state }) => state === "foreign").map(({ path }) => path),
  };
}

/** A unit's text under a mark by which a change shows. */
async function marked({ name, text }: Unit): Promise<string> {
  return `# Written by bus service install, sum ${await sum(text)}. ` +
    `To change it: systemctl --user edit ${shellWord(name)}\n${text}`;
}

async function stateOf(path: string, text: string): Promise<UnitFile["state"]> {
  try {
    if (!(await Deno.lstat(path)).isFile) return "foreign";
    const found = await Deno.readTextFile(path);
    if (found === text) return "same";
    const body = found.slice(found.indexOf("\n") + 1);
    return MARK.exec(found)?.[1] === await sum(body) ? "outdated" : "foreign";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw cannot("read", path, error);
  }
}

async function sum(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toHex().slice(0, 16);
}

/** A link to a unit that is gone would stay, and nothing that systemd has removes it. */
async function checkDisabled(
  { name, directory }: UnitFile,
  files: readonly UnitFile[],
): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(directory)).catch(() => []);
  for (const entry of entries) {
    if (!/\.(wants|requires)$/.test(entry.name)) continue;
    const link = await Deno.lstat(`${directory}/${entry.name}/${name}`).catch(() => undefined);
    if (link === undefined) continue;
    const units = files.map(({ name }) => shellWord(name)).join(" ");
    const hint = `first: systemctl --user disable --now ${units}`;
    throw new BusError("failed", `${name} is enabled`, hint);
  }
}

function foreign(path: string): BusError {
  return new BusError(
    "failed",
    `${printable(path)} is not as bus wrote it; it was left alone`,
    `see what bus would write with: bus service show; to have that: rm ${shellWord(path)}`,
  );
}
