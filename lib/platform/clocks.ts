/**
 * The clocks of the system, as they are passed to whatever waits: a test drives its own.
 *
 * @module
 */

/** The clocks of the system, in milliseconds. */
export interface SystemClocks {
  /** From some moment on; never goes back. */
  monotonic(): number;
  /** Unix time. */
  wall(): number;
  /** Calls back once, so much later. Returns how to call that off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The real ones. */
export const SYSTEM_CLOCKS: SystemClocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
