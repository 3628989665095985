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

let waiting: (() => void)[] = [];
let lookedAt = -Infinity;
let look: (() => Promise<void>) | undefined;

/** Calls back in the next turn, after those who asked before: one turn serves all. */
export function inNextTurn(callback: () => void): void {
  if (waiting.push(callback) === 1) setImmediate(begin);
}

/** Resolves in the next turn. It costs a microsecond or two; a timer of 0 ms costs two thousand. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn);
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

/** All that could be done at once is done: only now does waiting make the runtime look. */
function begin(): void {
  if (!look || performance.now() - lookedAt < LOOK_MS) run();
  else void lookAndRun(look);
}

async function lookAndRun(look: () => Promise<void>): Promise<void> {
  await look().catch(() => {});
  lookedAt = performance.now();
  run();
}

function run(): void {
  const due = waiting;
  waiting = [];
  for (const callback of due) callback();
}
