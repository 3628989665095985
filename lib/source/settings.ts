/**
 * What may be set for a source of any kind.
 *
 * @module
 */

import type { PauseRange } from "../platform/backoff.ts";
import { parseDuration } from "../platform/units.ts";

/** Where the settings do not say. */
const PAUSES = { shortest: 500, longest: 60_000 };

/** Settings that every kind has; the times, sizes and rates with their units, as in the catalogue. */
export interface CommonSettings {
  /** A template of the event's type; the source's own choice if absent. */
  readonly type?: string;
  /** A template of the event's id; the source's own choice if absent. */
  readonly id?: string;
  /** A program of jq: the payloads that pass. */
  readonly only?: string;
  /** So many events in a time: `100/s`, `30/m`. */
  readonly rate?: string;
  /** The longest payload: `64KiB`. */
  readonly max_payload?: string;
  /** The shortest and the longest pause before the source is run again. */
  readonly backoff?: readonly [shortest: string, longest: string];
  /** How often it is run again; for ever if absent. */
  readonly restarts?: number;
}

/** The pauses before a source is run again, or connects again. */
export function pausesOf({ backoff }: CommonSettings): PauseRange {
  const [shortest, longest] = (backoff ?? []).map(parseDuration);
  if (shortest === undefined || longest === undefined) return PAUSES;
  return { shortest, longest: Math.max(shortest, longest) };
}
