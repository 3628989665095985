/**
 * What an HTTP source answers.
 *
 * @module
 */

import { parseRate } from "../../platform/units.ts";
import type { Outcome } from "../source.ts";

/** Seconds after which who was turned away may come again. */
const AGAIN_S = 5;

/** The headers of every answer. */
const PLAIN = { "content-type": "text/plain; charset=utf-8", connection: "close" };

/** Why a request comes to nothing. It is thrown to the one who answers. */
export class Refusal extends Error {
  /**
   * @param status of HTTP
   * @param reason for people; it has nothing of the request's own
   * @param headers that go with the status
   */
  constructor(
    readonly status: number,
    reason: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(reason);
  }
}

/** One for which there is no room, or no time: it may come again. */
export function unavailable(reason: string): Refusal {
  return new Refusal(503, reason, { "retry-after": String(AGAIN_S) });
}

/** One whose body is too long. */
export function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is longer than ${limit} bytes`);
}

/** The answer that a refusal is. */
export function refused({ status, message, headers }: Refusal): Response {
  return answer(status, message, headers);
}

const REFUSING = ["unjudged", "limited", "too_large", "refused"] as const;

/**
 * The answer to a request that brought findings: the worst that became of one of them. Of several the
 * others may have been routed; with their ids they do no harm when they come again.
 *
 * @param rate the setting of that name
 */
export function answerTo(outcomes: readonly Outcome[], rate: string | undefined): Response {
  const worst = REFUSING.find((outcome) => outcomes.includes(outcome));
  if (worst === undefined) return answer(202, outcomes[0] ?? "nothing to route");
  const count = outcomes.filter((outcome) => outcome === worst).length;
  const part = outcomes.length === 1 ? "the event" : `${count} of ${outcomes.length} events`;
  switch (worst) {
    case "unjudged":
      return refused(unavailable("the source ends"));
    case "limited":
      return answer(429, `too many events: ${part} left out`, { "retry-after": pauseOf(rate) });
    case "too_large":
      return answer(413, `too large: ${part} left out`);
    case "refused":
      return answer(400, `refused: ${part} left out; the hub's log says why`);
  }
}

/** Seconds in which there is room for one more. */
function pauseOf(rate: string | undefined): string {
  const { count, milliseconds } = parseRate(rate ?? "") ?? { count: 1, milliseconds: 1000 };
  return String(Math.max(1, Math.ceil(milliseconds / count / 1000)));
}

/** An answer that is a text and nothing else. */
export function answerText(text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { status: 200, headers: { ...PLAIN, ...headers } });
}

function answer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${text}\n`, { status, headers: { ...PLAIN, ...headers } });
}
