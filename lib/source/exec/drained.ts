/**
 * Reading a pipe to its end, or, once its command is gone, for as long as there is patience.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import { nextTurn } from "../../platform/turn.ts";

/** Milliseconds that a pipe is waited for in all, once the command is gone and somebody else holds it. */
const HELD_MS = 1_000;

/** Bytes that are taken of such a pipe: no pipe of an ordinary user holds more. */
const HELD_BYTES = 1024 * 1024;

/**
 * A pipe's bytes until nobody can write any more; or, once the group is gone, until there was patience
 * enough: who made a session of its own may hold on to the pipe, and write to it, for ever.
 */
export async function* drained(
  stream: ReadableStream<Uint8Array>,
  patience: Patience,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  const cancel = () => reader.cancel().catch(() => {});
  try {
    while (!patience.isOver) {
      const endWait = patience.wait(cancel);
      const { value, done } = await reader.read().finally(endWait);
      if (done) return;
      patience.spend(value.length);
      yield value;
      // Who is flooded reads without an end, and timers and signals would starve.
      await nextTurn();
    }
  } finally {
    await cancel();
  }
}

/**
 * How long a pipe is read whose command is gone. The time counts in which it is waited for, not that in
 * which the hub takes its time; at a stop all time counts.
 */
export class Patience {
  #isGone = false;
  #overAt = Infinity;
  #waitMs = HELD_MS;
  #bytes = HELD_BYTES;
  /** Sets the alarm of the wait that there is now. */
  #watch = () => {};

  /** @param stopped resolves when the group is gone and the run is to end, too */
  constructor(
    private readonly clocks: SystemClocks,
    gone: Promise<void>,
    stopped: Promise<void>,
  ) {
    void gone.then(() => {
      this.#isGone = true;
      this.#watch();
    });
    void stopped.then(() => this.#overAt = this.clocks.monotonic() + HELD_MS);
  }

  /** Whether no more is to be read. */
  get isOver(): boolean {
    return this.#waitMs <= 0 || this.#bytes <= 0 || this.clocks.monotonic() >= this.#overAt;
  }

  /** Begins a wait, which is given up when there is no more patience. Returns how to end it. */
  wait(giveUp: () => void): () => void {
    let callOff = () => {};
    this.#watch = () => {
      const begun = this.clocks.monotonic();
      const cancel = this.clocks.after(this.#waitMs, giveUp);
      callOff = () => {
        cancel();
        this.#waitMs -= this.clocks.monotonic() - begun;
      };
    };
    if (this.#isGone) this.#watch();
    return () => {
      this.#watch = () => {};
      callOff();
    };
  }

  /** Counts bytes that were read. */
  spend(bytes: number): void {
    if (this.#isGone) this.#bytes -= bytes;
  }
}
