/**
 * Findings of sources that find texts.
 *
 * @module
 */

import type { Finding, WholeEvent } from "./source.ts";

/**
 * What a text is. `json`: a JSON text, which is the payload; `text`: any text, the payload is a
 * string of JSON with it; `events`: the frame of a whole event.
 */
export type TextFormat = "json" | "text" | "events";

/**
 * Makes a finding of a text. Whether it is what its format says is looked at later, when an event is
 * made of it.
 *
 * @param more what else is known of it; a whole event needs nothing else
 */
export function findingOf(
  text: string,
  format: TextFormat,
  more?: Omit<Finding, "payload">,
): Finding | WholeEvent {
  if (format === "events") return { frame: text };
  return { ...more, payload: format === "json" ? text : JSON.stringify(text) };
}
