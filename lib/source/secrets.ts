/**
 * Secrets of a source: where they are, and that nobody sees them.
 *
 * @module
 */

import { readTextUpToSync } from "../platform/bounded_file.ts";
import { systemReason } from "../platform/system_reason.ts";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { Secret } from "./source.ts";

/** What stands where a secret was. */
const STRUCK_OUT = "***";

/** A shorter secret would strike out half of each sentence, and says little. */
const SHORTEST = 4;

/** A shorter line of one that has several. */
const SHORTEST_LINE = 8;

/** Bytes of the longest file. */
const LONGEST = 64 * 1024;

/** The secrets that one source has asked for. */
export class Secrets {
  readonly #values = new Set<string>();

  /**
   * The value of a secret. The end of a file's last line is no part of it.
   *
   * @throws {BusError} `bad_input`: the variable is not set, or the file cannot be read
   */
  value(secret: Secret): string {
    const value = typeof secret === "string" ? secret : read(secret);
    if (typeof secret !== "string") this.#strike(value);
    return value;
  }

  /** What is said is often said line by line, and a key has several. */
  #strike(value: string): void {
    if (value.length >= SHORTEST) this.#values.add(value);
    for (const line of value.split(/\r?\n/)) {
      if (line.length >= SHORTEST_LINE) this.#values.add(line);
    }
  }

  /** A text without any of them. */
  strikeOut(text: string): string {
    let clean = text;
    // Of one that stands in a longer one the rest would be left.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(value, STRUCK_OUT).replaceAll(encodeURIComponent(value), STRUCK_OUT);
      clean = withoutBeginning(clean, value);
    }
    return clean;
  }
}

/** A text without what is left of a value where something was cut, which ends in `…` then. */
function withoutBeginning(text: string, value: string): string {
  if (!text.includes("…")) return text;
  for (let length = value.length - 1; length >= SHORTEST; length--) {
    const cut = `${value.slice(0, length)}…`;
    if (text.includes(cut)) return text.replaceAll(cut, `${STRUCK_OUT}…`);
  }
  return text;
}

function read(secret: Exclude<Secret, string>): string {
  if ("env" in secret) {
    const value = Deno.env.get(secret.env);
    if (value) return value;
    throw new BusError("bad_input", `the variable ${printable(secret.env)} is not set`);
  }
  try {
    const value = readTextUpToSync(secret.file, LONGEST).replace(/\r?\n$/, "");
    if (value !== "") return value;
  } catch (error) {
    const reason = `${printable(secret.file)} cannot be read: ${systemReason(error)}`;
    throw new BusError("bad_input", reason);
  }
  throw new BusError("bad_input", `${printable(secret.file)} is empty`);
}
