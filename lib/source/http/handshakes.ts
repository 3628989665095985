/**
 * What some senders ask before they send events.
 *
 * @module
 */

import { parseRate } from "../../platform/units.ts";
import { decodeStrictly } from "../../protocol/input_lines.ts";
import type { HeaderMap } from "./signatures.ts";

const MINUTE_MS = 60_000;

/** Bytes of the longest question of Slack's; a true one has some two hundred. */
const LONGEST = 4096;

/**
 * The headers that let a sender of CloudEvents send, as "HTTP 1.1 Web Hooks for Event Delivery" has it.
 *
 * @param methods those that bring events
 * @param rate the setting of that name
 * @returns nothing where the request does not ask
 */
export function permission(
  { method, headers }: { readonly method: string; readonly headers: HeaderMap },
  methods: readonly string[],
  rate: string | undefined,
): Readonly<Record<string, string>> | undefined {
  const origin = headers.get("webhook-request-origin");
  if (method !== "OPTIONS" || !origin) return undefined;
  return {
    allow: methods.join(", "),
    "webhook-allowed-origin": origin,
    "webhook-allowed-rate": perMinute(rate),
  };
}

function perMinute(rate: string | undefined): string {
  const limit = parseRate(rate ?? "");
  if (!limit) return "*";
  return String(Math.max(1, Math.floor(limit.count * MINUTE_MS / limit.milliseconds)));
}

/**
 * What Slack wants to hear when it is given an address: the text that it sent there.
 *
 * @param body of a request that Slack has signed
 * @returns nothing where it is no such question
 */
export function slackChallenge(body: Uint8Array): string | undefined {
  if (body.length > LONGEST) return undefined;
  try {
    const { type, challenge } = JSON.parse(decodeStrictly(body) ?? "null");
    return type === "url_verification" && typeof challenge === "string" ? challenge : undefined;
  } catch {
    return undefined;
  }
}
