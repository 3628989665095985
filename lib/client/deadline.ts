/**
 * How long this side waits for a hub, in milliseconds: nobody waits for ever on one that hangs.
 *
 * @module
 */

import { SYSTEM_CLOCKS } from "../platform/clocks.ts";
import { pauseFor } from "../platform/within.ts";

/**
 * For a hub whose queue of connections is full, or that holds its lock without listening; and for
 * the next one after a hub that left before it had answered.
 */
export const CONNECT_MS = 3_000;

/** For a hub that is started to listen: it does within a fraction of a second, but not on a busy machine. */
export const START_MS = 10_000;

/** For whoever starts a hub in the same place; after that one more is started, and one of them wins. */
export const TURN_MS = 5_000;

/** In which a hub says to a hello that it stops, where it did already when the hello came. */
export const LEAVING_MS = 500;

/** For the answer to a question, and to a publisher's first flush. */
export const ANSWER_MS = 3_000;

/** For a catalogue to be taken over: sources that change have 5 s to end before that. */
export const RELOAD_MS = 15_000;

/** Until a consumer that waits for its first answer says so. */
export const WAITING_MS = 1_000;

/** For the answer to the check of a consumer that leaves. */
export const CHECK_MS = 1_000;

/**
 * For the same where there is a cleanup: nobody else would run it, so a hub that is only busy must not
 * be taken for one that hangs.
 */
export const CLEANUP_CHECK_MS = 5_000;

/** For the `bye` of one that leaves to go out: it is short, and mostly there is room for it. */
export const BYE_MS = 100;

/** For any sign of a hub that owes a publisher the answer to a flush. */
export const FLUSH_MS = 10_000;

/** For what a hub said before it closed the connection under a write. */
export const REASON_MS = 1_000;

/** The longest pause before a question is asked again for which a hub had no place. */
export const FULL_MS = 100;

/** For the end of a hub that was told to stop. */
export const STOP_MS = 10_000;

/** For the end of a process that got a SIGTERM, before it gets a SIGKILL. */
export const TERM_MS = 5_000;

/** Between two looks whether a hub that stops has gone. */
export const LOOK_MS = 10;

/** Pauses in which the runtime looks what has arrived: it is sure to only when it has nothing to do. */
const LOOKS = 2;

/** What {@linkcode orLate} gives for a promise that took too long. */
export const LATE: unique symbol = Symbol("late");

/**
 * Waits for a promise, but not for ever. What is late is left to itself: it neither counts nor, if
 * it fails, is reported any more.
 *
 * Before it gives up it lets what has arrived be read: this process may itself have been stopped.
 */
export async function orLate<T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | typeof LATE> {
  const timer = Promise.withResolvers<typeof LATE>();
  let handle: ReturnType<typeof setTimeout>;
  const lookOnce = (left: number) => {
    if (left === 0) timer.resolve(LATE);
    else handle = setTimeout(() => lookOnce(left - 1), 1);
  };
  handle = setTimeout(() => lookOnce(LOOKS), milliseconds);
  try {
    return await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(handle);
  }
}

/** Resolves after a time, or as soon as the signal fires. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return pauseFor(SYSTEM_CLOCKS, milliseconds, signal);
}
