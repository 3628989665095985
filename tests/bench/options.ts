/**
 * The command line of the benchmark.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** What is measured, how often, and what is made of it. */
export interface BenchOptions {
  /** Fewer rows, of one round each: under a minute. */
  readonly isQuick: boolean;
  /** The trial of this name is measured; where none has it, those that have it in theirs. */
  readonly only: string;
  readonly rounds: number;
  /** Whether all figures of all rounds are printed as JSON, instead of the table. */
  readonly isJson: boolean;
  /** A file for the chart; none if empty. */
  readonly chart: string;
}

/** Rounds, where it is not said. */
const ROUNDS = 5;

/** What it can be told, in a line. */
export const USAGE = "[--quick] [--only TRIAL] [--rounds N] [--json] [--chart FILE]";

/**
 * Reads the command line.
 *
 * @throws {RangeError} something that is none of {@linkcode USAGE}
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const flags = parseArgs(args, {
    boolean: ["quick", "json"],
    string: ["only", "rounds", "chart"],
    unknown: (argument) => {
      throw new RangeError(`${argument} is none of ${USAGE}`);
    },
  });
  const isQuick = flags.quick === true;
  const rounds = flags.rounds === undefined ? (isQuick ? 1 : ROUNDS) : Number(flags.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(`--rounds is a whole number from 1, not ${JSON.stringify(flags.rounds)}`);
  }
  return {
    isQuick,
    only: String(flags.only ?? ""),
    rounds,
    isJson: flags.json === true,
    chart: String(flags.chart ?? ""),
  };
}
