/**
 * What a command says of its hub while it works: pure functions of what happened.
 *
 * @module
 */

import type { Absence, AwayState } from "../client/consumer_state.ts";
import { HubGoneError } from "../client/errors.ts";
import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { describeFailure } from "./failure.ts";

/** A hub by its socket, and its process where that is known. */
export function hubName(socket: string, pid: number | undefined): string {
  return `the hub on ${printable(socket)}${pid === undefined ? "" : ` (pid ${pid})`}`;
}

/** This process has started a hub. */
export function startedLine(socket: string, pid: number): string {
  return `started a hub on ${printable(socket)} (pid ${pid})`;
}

/** A hub has accepted a consumer for the first time. */
export function readyLine(key: string, first: boolean): string {
  return `ready event_key=${printable(key)} first=${first}`;
}

/**
 * A consumer still waits for its first answer.
 *
 * @param pid the process that holds the hub's lock; none where there is no hub yet
 */
export function waitingLine(key: string, socket: string, pid: number | undefined): string {
  if (pid === undefined) return `waiting for a hub to listen on ${printable(socket)}`;
  const why = `it is busy, or the key ${printable(key)} is being cleaned up`;
  return `waiting for ${hubName(socket, pid)}: ${why}`;
}

/**
 * A consumer has no hub any more, or has tried in vain to come back.
 *
 * @param error what happened, as people should read it
 */
export function awayLine(
  key: string,
  { hubReason = "none", startsHub }: AwayState,
  error: unknown,
  paths: HubPaths,
): string {
  const next = !startsHub
    ? `waiting for another one (start it with: ${hubCommand("serve", paths)})`
    : error instanceof HubGoneError
    ? "connecting again"
    : "trying again";
  const { text = "the hub went away" } = describeFailure(error);
  const reason = printable(hubReason, 60);
  return `away event_key=${printable(key)} reason=${reason}: ${printable(text)}; ${next}`;
}

/** A consumer is back: on which hub, and what it may have missed. */
export function backLine(
  key: string,
  first: boolean,
  { from, to, sameHub }: Absence,
): string {
  const hub = sameHub === undefined ? "unknown" : sameHub ? "same" : "new";
  // The clock of the system may have been set back meanwhile.
  const seconds = (Math.max(0, to - from) / 1000).toFixed(1);
  const facts = `event_key=${printable(key)} first=${first} hub=${hub} away=${seconds}s`;
  return `back ${facts}: what came meanwhile is missed; seq counts from 1 again`;
}

/** It ended while it was away. */
export function endedAwayText(error: unknown, what: string): string {
  const { text = "the hub went away" } = describeFailure(error);
  return `${text}; no hub was back before ${what}`;
}
