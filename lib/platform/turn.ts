/**
 * Turns of the event loop.
 *
 * Reading from a socket that has data comes back without one, so whoever reads in a loop takes a
 * turn after each read, or writes, timers and signals starve.
 *
 * @module
 */

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

/** Calls back in the next turn, after those who asked before: one turn serves all. */
export function inNextTurn(callback: () => void): void {
  if (waiting.push(callback) === 1) setImmediate(run);
}

/** Resolves in the next turn. It costs a microsecond or two; a timer of 0 ms costs two thousand. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn);
}

function run(): void {
  const due = waiting;
  waiting = [];
  for (const callback of due) callback();
}
