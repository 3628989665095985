/**
 * The exit codes of every command, for scripts. Which error ends with which of them stands in
 * `ERROR_CODES` (`lib/protocol/errors.ts`).
 *
 * @module
 */

/** What a command tells the one who started it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  noHub: 3,
  hubGone: 4,
  timeout: 5,
} as const;

/** One row of the table of exit codes. */
export interface ExitCode {
  /** The code as people read it. */
  readonly code: string;
  readonly meaning: string;
  /** Set where only commands with this flag end so. */
  readonly flag?: string;
  /** Set where only commands that speak to a hub end so. */
  readonly needsHub?: true;
}

/** The table of help and README. */
export const EXIT_CODES: readonly ExitCode[] = [
  { code: String(EXIT.done), meaning: "done" },
  { code: String(EXIT.failed), meaning: "failed" },
  { code: String(EXIT.usage), meaning: "wrong usage or input" },
  { code: String(EXIT.noHub), meaning: "no hub there", needsHub: true },
  { code: String(EXIT.hubGone), meaning: "the hub went away", needsHub: true },
  {
    code: String(EXIT.timeout),
    meaning: "the timeout came before --max-events were there",
    flag: "max-events",
  },
  {
    code: "128+N",
    meaning: "ended by signal N before the work was done",
    needsHub: true,
  },
];

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** A signal that ends a command. */
export type EndSignal = keyof typeof SIGNAL_NUMBERS;

/** The signals that end a command. */
export const END_SIGNALS = Object.keys(SIGNAL_NUMBERS) as EndSignal[];

/** The exit code of a program that a signal ended, as shells have it. */
export function exitCodeOf(signal: EndSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}
