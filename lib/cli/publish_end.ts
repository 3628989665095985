/**
 * What `bus publish` says at the end.
 *
 * @module
 */

import type { FlushTotals } from "../client/publisher.ts";
import { counted } from "../platform/counted.ts";

/** What became of the events, when all went well. */
export function publishedLine({ events, matched, duplicates }: FlushTotals): string {
  const counts = `(${matched} had a consumer, ${counted(duplicates, "duplicate")})`;
  const nobody = events > 0 && matched === 0 ? ": nobody consumes such events now" : "";
  return `published ${counted(events, "event")} ${counts}${nobody}`;
}
