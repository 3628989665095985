/**
 * What a command says of its hub and its key while it works: pure functions of what happened.
 *
 * @module
 */

import type { Absence, AwayState } from "../client/consumer_state.ts";
import { HubGoneError } from "../client/errors.ts";
import { hubCommand } from "../platform/hub_command.ts";
import type { HubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { describeFailure } from "./failure.ts";

/** Characters of the longest command that is shown. */
const LONGEST_COMMAND = 300;

/** What a command does with a key. */
export type KeyTask = "setup" | "cleanup";

const TASK_WORDS = {
  setup: { begun: "setting up", done: "set up" },
  cleanup: { begun: "cleaning up", done: "cleaned up" },
} as const satisfies Record<KeyTask, unknown>;

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
 * The hub goes by another catalogue than its consumer, so its sources and single keys are others.
 *
 * @param theirs the hub's; none where it has none
 */
export function otherCatalogueLine(
  theirs: string | undefined,
  own: string,
  paths: HubPaths,
): string {
  const by = theirs === undefined ? "no catalogue" : printable(theirs);
  const end = hubCommand("stop", paths);
  return `${hubName(paths.socket, undefined)} goes by ${by}, this consumer by ${printable(own)} ` +
    `(end that hub with: ${end})`;
}

/**
 * A consumer still waits for its first answer.
 *
 * @param pid the process that holds the hub's lock; none where there is no hub yet
 */
export function waitingLine(key: string, socket: string, pid: number | undefined): string {
  if (pid === undefined) return `waiting for a hub to listen on ${printable(socket)}`;
  const why = `it is busy, or the key ${printable(key)} is being set up or cleaned up`;
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

/**
 * It ended while it was away.
 *
 * @param what what ended it
 * @param inSetup whether a hub was back, and the key was being set up again
 */
export function endedAwayText(error: unknown, what: string, inSetup = false): string {
  const { text = "the hub went away" } = describeFailure(error);
  const missing = inSetup ? "the key was not set up again" : "no hub was back";
  return `${text}; ${missing} before ${what}`;
}

/** A command for a key begins. */
export function taskLine(task: KeyTask, key: string, command: string): string {
  const what = printable(command, LONGEST_COMMAND);
  return `${TASK_WORDS[task].begun} ${printable(key)}: ${what}`;
}

/** It has done its work. */
export function taskDoneLine(task: KeyTask, key: string, milliseconds: number): string {
  return `${TASK_WORDS[task].done} ${printable(key)} in ${(milliseconds / 1000).toFixed(1)} s`;
}

/** It was ended before it had done it. */
export function brokenOffLine(task: KeyTask, key: string): string {
  return `${task} of ${printable(key)} was broken off`;
}

/** There is a cleanup, and no hub has answered the question whether it is to be run. */
export function noCleanupLine(key: string): string {
  return `no cleanup of ${printable(key)}: no hub said whether this was its last consumer`;
}
