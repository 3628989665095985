/**
 * Getting from a hub that went away to the next.
 *
 * @module
 */

import { backoff } from "../platform/backoff.ts";
import { BusError } from "../protocol/errors.ts";
import type { ConnectedConsumer } from "./connected_consumer.ts";
import type { AwayState } from "./consumer_state.ts";
import { HubGoneError, HubStartError, NoHubError, RefusedError, RejectedError } from "./errors.ts";

/** What leaves a consumer without a hub: its hub went, or was stopped while the hello waited there. */
export type Lost = HubGoneError | RejectedError;

/** The pauses between two attempts, in milliseconds. */
const PAUSES = { shortest: 25, longest: 2_000 };

/** The same after a hub could not be started: each try costs a process. */
const START_PAUSES = { shortest: 25, longest: 10_000 };

/** How a consumer gets to a hub, and what time and chance are; a test plays it. */
export interface Passage {
  /**
   * Connects and subscribes.
   *
   * @param startsHub whether a hub is started where there is none
   * @param signal when it fires all is taken back
   */
  subscribe(startsHub: boolean, signal: AbortSignal): Promise<ConnectedConsumer>;
  /** Resolves after so many milliseconds, or when the signal fires. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** A number from 0 to 1. */
  random(): number;
}

/**
 * Subscribes for the first time.
 *
 * @param insists whether a hello that has waited in vain is said again
 * @throws what keeps it from being a consumer, or the signal's reason
 */
export async function subscribeFirst(
  passage: Passage,
  startsHub: boolean,
  insists: boolean,
  signal: AbortSignal,
): Promise<ConnectedConsumer> {
  for (let attempt = 0;; attempt++) {
    try {
      return await passage.subscribe(startsHub, signal);
    } catch (error) {
      if (!insists || !isLateHello(error)) throw error;
    }
    await passage.pause(backoff(attempt, PAUSES, passage.random()), signal);
    signal.throwIfAborted();
  }
}

/**
 * Subscribes again, as often as it takes. A hub that was stopped is waited for and never started.
 *
 * @param gone how the connection before ended, or the hello that waited
 * @param startsHub whether a hub may be started at all
 * @param tell is told how it stands, at first and whenever that changes
 * @returns nothing where the signal fired before
 * @throws what makes it useless to try again: a hub does not want this consumer
 */
export async function comeBack(
  passage: Passage,
  gone: Lost,
  startsHub: boolean,
  tell: (state: AwayState) => void,
  signal: AbortSignal,
): Promise<ConnectedConsumer | undefined> {
  if (signal.aborted) return undefined;
  let state = awayState(gone, gone, startsHub && !isStopped(gone));
  tell(state);
  for (let attempt = 0;; attempt++) {
    const pauses = state.error instanceof HubStartError ? START_PAUSES : PAUSES;
    await passage.pause(backoff(attempt, pauses, passage.random()), signal);
    if (signal.aborted) return undefined;
    try {
      return await passage.subscribe(state.startsHub, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof BusError) || isFinal(error)) throw error;
      const next = awayState(error, gone, state.startsHub && !isStopped(error));
      // That there is none is how it is; why there is none says more.
      if (error instanceof NoHubError || error.message === state.error.message) continue;
      state = next;
      tell(state);
    }
  }
}

function awayState(error: BusError, gone: Lost, startsHub: boolean): AwayState {
  const hubReason = gone instanceof HubGoneError ? gone.hubReason : gone.rejectCode;
  return { state: "away", error, ...(hubReason ? { hubReason } : {}), startsHub };
}

/** Whether somebody stopped the hub: to start one would undo what they did. */
function isStopped(error: unknown): boolean {
  return error instanceof HubGoneError && error.hubReason === "stopped" ||
    isStoppedHello(error);
}

/** Whether somebody stopped the hub while the hello waited there. */
export function isStoppedHello(error: unknown): error is RejectedError {
  return error instanceof RejectedError && error.rejectCode === "stopped";
}

/** Whether somebody else had the key for as long as a hello waits. */
function isLateHello(error: unknown): boolean {
  return error instanceof RejectedError && error.rejectCode === "cleanup";
}

function isFinal(error: BusError): boolean {
  return error instanceof RefusedError ||
    error instanceof RejectedError && !isLateHello(error) && !isStoppedHello(error);
}
