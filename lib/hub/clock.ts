/**
 * The times that the hub's rules ask for. They are passed in, so that a test can drive them.
 *
 * @module
 */

/** Where a hub reads the time. */
export interface Clock {
  /** Milliseconds from some moment on; never goes back, and stands for all durations. */
  now(): number;
  /** Unix time in milliseconds, to be shown and for nothing else. */
  wall(): number;
}
