/**
 * How `bus consume` ends: its last line and its exit code, as a function of what happened.
 *
 * @module
 */

import { counted } from "../platform/counted.ts";
import { type EndSignal, EXIT, exitCodeOf } from "./exit.ts";

/** Why `bus consume` ended. */
export type EndReason =
  | { kind: "limit" | "timeout" | "hub gone" | "reader gone" | "failed" }
  | { kind: "signal"; signal: EndSignal };

/** What `bus consume` has to show for itself at the end. */
export interface ConsumeEnd {
  readonly reason: EndReason;
  /** Events printed. */
  readonly events: number;
  /** Events that the hub dropped before one of those. */
  readonly lost: number;
  /** `--max-events`, where it was given. */
  readonly maxEvents: number | undefined;
  /** Whether the hub granted this consumer its key's cleanup. No answer is no grant. */
  readonly last: boolean;
  /** How often it was without a hub, after it had one. */
  readonly absences: number;
  /** Whether it is so at the end. */
  readonly away: boolean;
  /** Whether the setup of its key was broken off. */
  readonly inSetup: boolean;
  /** Whether it was to clean its key up if it was the last, and no hub said whether it was. */
  readonly uncleaned: boolean;
}

/** The last line, for people and for scripts that look for a part of it. */
export function endLine(end: ConsumeEnd): string {
  const { reason, events, lost, maxEvents, last, absences, away } = end;
  const isShort = maxEvents !== undefined && events < maxEvents;
  const count = isShort ? `${events} of ${counted(maxEvents, "event")}` : counted(events, "event");
  // What came while it was away nobody has counted: that it was must be said with the counts.
  const missed = absences === 0 ? "" : `, absences=${absences}, away=${away}`;
  return `ended: ${count}, ${lost} lost, reason=${reason.kind}, last=${last}${missed}`;
}

/** The exit code of an end that is no failure. */
export function endExit(end: ConsumeEnd): number {
  const { reason, maxEvents, away, inSetup, uncleaned } = end;
  switch (reason.kind) {
    case "limit":
    case "reader gone":
      return uncleaned ? EXIT.hubGone : EXIT.done;
    case "timeout":
      if (away || uncleaned) return EXIT.hubGone;
      return maxEvents === undefined && !inSetup ? EXIT.done : EXIT.timeout;
    case "signal":
      if (away || uncleaned) return EXIT.hubGone;
      return maxEvents === undefined && !inSetup ? EXIT.done : exitCodeOf(reason.signal);
    case "hub gone":
      return EXIT.hubGone;
    case "failed":
      return EXIT.failed;
  }
}
