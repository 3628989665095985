/**
 * The event that everybody carries.
 *
 * @module
 */

import { eventOf, type PeerEvent } from "../peers/peer.ts";

/** Stands once in each event, before the digits that say when it was due; no protocol here uses it. */
export const MARK = 0x7e;

/** Digits of a Unix time in microseconds. */
export const DUE_DIGITS = 16;

/** An event whose payload has so many bytes: room for when it was due, and filler. */
export function benchEvent(type: string, payloadBytes: number): PeerEvent {
  const head = `{"due":"~${"0".repeat(DUE_DIGITS)}","text":"`;
  return eventOf(type, `${head}${"x".repeat(Math.max(0, payloadBytes - head.length - 2))}"}`);
}

/** Writes when an event was due behind its mark. */
export function putDue(bytes: Uint8Array, mark: number, microseconds: number): void {
  let rest = microseconds;
  for (let at = mark + DUE_DIGITS; at > mark; at--) {
    const next = Math.floor(rest / 10);
    bytes[at] = 0x30 + (rest - next * 10);
    rest = next;
  }
}

/** Reads when an event was due, in microseconds. */
export function dueOf(bytes: Uint8Array, mark: number): number {
  let due = 0;
  for (let at = mark + 1; at <= mark + DUE_DIGITS; at++) due = due * 10 + (bytes[at] ?? 0) - 0x30;
  return due;
}
