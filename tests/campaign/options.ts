/**
 * The command line of a campaign.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** How long, from which seed, and which parts. */
export interface CampaignOptions {
  /** Seconds for all parts together. */
  readonly seconds: number;
  /** A whole number from 0: one below it would be read as a flag where it is told again. */
  readonly seed: number;
  /** A part runs whose name has this in it. */
  readonly only: string;
}

/** What a campaign can be told, in a line. */
export const USAGE = "[--seconds N] [--seed N] [--only PART]";

/**
 * Reads the command line.
 *
 * @param seconds what `--seconds` is where it is not given
 * @throws {RangeError} something that is none of {@linkcode USAGE}
 */
export function readOptions(args: readonly string[], seconds: number): CampaignOptions {
  const flags = parseArgs(args, {
    string: ["seconds", "seed", "only"],
    unknown: (argument) => {
      throw new RangeError(`${argument} is none of ${USAGE}`);
    },
  });
  return {
    seconds: number("seconds", flags.seconds) ?? seconds,
    seed: number("seed", flags.seed) ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    only: typeof flags.only === "string" ? flags.only : "",
  };
}

function number(name: string, text: unknown): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`--${name} is a whole number from 0, not ${JSON.stringify(text)}`);
  }
  return value;
}
