/**
 * Turns of the event loop.
 *
 * Reading from a socket that has data comes back without one, so a publisher at full speed would
 * starve every write. Whoever reads takes a turn after each read, and what gathered meanwhile is
 * written in the same turn.
 *
 * @module
 */

import { setImmediate } from "node:timers";

let waiting: (() => void)[] = [];

/** Calls back in the next turn, after what asked before. */
export function inNextTurn(callback: () => void): void {
  if (waiting.push(callback) === 1) setImmediate(run);
}

/** Resolves in the next turn. */
export function nextTurn(): Promise<void> {
  return new Promise(inNextTurn);
}

function run(): void {
  const due = waiting;
  waiting = [];
  for (const callback of due) callback();
}
