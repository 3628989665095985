/**
 * The signals that end a command.
 *
 * @module
 */

import { isIgnored } from "../platform/ignored_signals.ts";
import { END_SIGNALS, type EndSignal } from "./exit.ts";

/**
 * Milliseconds in which a repeated signal is the same one: through `npx` one Ctrl-C arrives twice.
 */
const SAME_MS = 100;

/** Adds and removes what is called at a signal. */
export interface SignalSource {
  add(signal: EndSignal, listener: () => void): void;
  remove(signal: EndSignal, listener: () => void): void;
  /** Whether this process was started to ignore hangups, as `nohup` does it. */
  ignoresHangups(): boolean;
}

const PROCESS: SignalSource = {
  add: (signal, listener) => Deno.addSignalListener(signal, listener),
  remove: (signal, listener) => Deno.removeSignalListener(signal, listener),
  ignoresHangups: () => isIgnored(1),
};

/**
 * Watches for signals: the first asks the command to end, the second insists, the third forces it to.
 * Until it is disposed of the signals do nothing else.
 */
export class SignalWatch implements Disposable {
  /** Fires at the first signal. */
  readonly asked: AbortSignal;
  /** Resolves at a second one: what is not done by now is left, but for what must be done. */
  readonly insisted: Promise<void>;
  /** Resolves at a third one: that is left too. */
  readonly forced: Promise<void>;
  /** The first signal. */
  first: EndSignal | undefined;
  readonly #asked = new AbortController();
  readonly #insisted = Promise.withResolvers<void>();
  readonly #forced = Promise.withResolvers<void>();
  readonly #listeners: readonly (readonly [EndSignal, () => void])[];
  readonly #source: SignalSource;
  readonly #now: () => number;
  #lastAt = -Infinity;
  #count = 0;

  /** @param now milliseconds of a monotonic clock */
  constructor(source: SignalSource = PROCESS, now: () => number = () => performance.now()) {
    this.asked = this.#asked.signal;
    this.insisted = this.#insisted.promise;
    this.forced = this.#forced.promise;
    this.#source = source;
    this.#now = now;
    // Who starts a command to outlive the terminal does not want it to end, or clean up, with that. To
    // listen to one of the signals makes the runtime end the process at any of the others, so that a
    // hangup has to be listened to all the same.
    const isDeaf = source.ignoresHangups();
    this.#listeners = END_SIGNALS.map((signal) => [
      signal,
      signal === "SIGHUP" && isDeaf ? () => {} : () => this.#take(signal),
    ]);
    for (const [signal, listener] of this.#listeners) source.add(signal, listener);
  }

  /** Leaves the signals to themselves again. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) this.#source.remove(signal, listener);
  }

  #take(signal: EndSignal): void {
    const now = this.#now();
    const isSame = now - this.#lastAt < SAME_MS;
    this.#lastAt = now;
    if (isSame) return;
    this.first ??= signal;
    this.#count++;
    if (this.#count === 1) this.#asked.abort();
    else if (this.#count === 2) this.#insisted.resolve();
    else this.#forced.resolve();
  }
}
