/**
 * Turns of the event loop.
 *
 * Reading from a socket that has data comes back without one, so whoever reads in a loop takes a
 * turn after each read, or writes, timers and signals starve.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/**
 * Milliseconds after which a turn lets the runtime look at its sockets, by {@linkcode lookBy}. As long as there is something
 * to do at once it looks only every 61st time (tokio's `event_interval`), so that a connection that
 * has just come could wait for 61 turns, and its first words for 61 more.
 */
const LOOK_MS = 2;

/** Is called first in a turn: it goes on with what is done already. */
let prompt: (() => void)[] = [];
/** Is called after a look, if one is due: it begins something new. */
let waiting: (() => void)[] = [];
let isAskedFor = false;
let isLooking = false;
let lookedAt = -Infinity;
let look: (() => Promise<void>) | undefined;

/** Calls back in the next turn, in the order of asking and before {@linkcode nextTurn} resolves. */
export function inNextTurn(callback: () => void): void {
  prompt.push(callback);
  askForTurn();
}

/** Resolves in the next turn. It costs a microsecond or two; a timer of 0 ms costs two thousand. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    askForTurn();
  });
}

/**
 * From now on the runtime looks at its sockets at least every {@linkcode LOOK_MS} when turns are taken,
 * for those to whom others come.
 *
 * @param wait resolves only after the runtime has looked
 * @returns how to end that
 */
export function lookBy(wait: () => Promise<void>): () => void {
  look = wait;
  return () => look = undefined;
}

function askForTurn(): void {
  if (isAskedFor) return;
  isAskedFor = true;
  setImmediate(begin);
}

function begin(): void {
  isAskedFor = false;
  const due = prompt;
  prompt = [];
  for (const callback of due) callback();
  // Where nobody waits the loop comes to rest, and then the runtime looks by itself.
  if (waiting.length === 0 || isLooking) return;
  if (!look || performance.now() - lookedAt < LOOK_MS) goOn();
  else void lookAndGoOn(look);
}

/** All that could be done at once is done: only now does waiting make the runtime look. */
async function lookAndGoOn(look: () => Promise<void>): Promise<void> {
  isLooking = true;
  await look().catch(() => {});
  isLooking = false;
  lookedAt = performance.now();
  goOn();
}

function goOn(): void {
  const due = waiting;
  waiting = [];
  for (const resolve of due) resolve();
}
