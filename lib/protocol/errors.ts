/**
 * The ways things fail, each with a code that programs may rely on.
 *
 * There are two kinds of failure and they are never mixed. An *expected outcome* (a bad frame of a
 * peer, a duplicate event) is a value in a union: the direct caller handles it and does not pass it
 * on. Anything else is *thrown*, untouched, to the top, where it ends the session or the program
 * with its reason. A class exists only for what a caller may want to catch.
 *
 * @module
 */

/**
 * Every code, what it means, and the exit status of a command that ends with it. The codes marked
 * `wire` also stand in the `error` frames and rejections of a hub.
 */
export const ERROR_CODES = {
  bad_frame: { wire: true, exit: 1, meaning: "A line that is not a frame, or has wrong fields" },
  frame_too_large: { wire: true, exit: 1, meaning: "A frame over the limit of its kind" },
  limit: { wire: true, exit: 1, meaning: "The hub has no room: connections or memory" },
  timeout: { wire: true, exit: 1, meaning: "No whole first frame in time" },
  stopped: { wire: true, exit: 4, meaning: "The hub stops" },
  bad_hello: { wire: true, exit: 2, meaning: "A hello with wrong fields" },
  cleanup: { wire: true, exit: 1, meaning: "The key's cleanup took too long, or too many wait" },
  single: { wire: true, exit: 1, meaning: "The key takes one consumer at a time" },
  rejected: { wire: false, exit: 1, meaning: "A hello refused by a hub that gives no code" },
  failed: { wire: false, exit: 1, meaning: "Something went wrong; the sentence says what" },
  hub_silent: { wire: false, exit: 1, meaning: "There is a hub and it does not answer" },
  unsafe_path: { wire: false, exit: 1, meaning: "A file or directory that others could use" },
  hub_running: { wire: false, exit: 1, meaning: "Another hub holds this socket" },
  usage: { wire: false, exit: 2, meaning: "A wrong command line" },
  bad_input: { wire: false, exit: 2, meaning: "Input that cannot be published" },
  bad_catalogue: { wire: false, exit: 2, meaning: "A catalogue with a mistake" },
  no_catalogue: { wire: false, exit: 2, meaning: "No catalogue there" },
  no_hub: { wire: false, exit: 3, meaning: "No hub there" },
  hub_gone: { wire: false, exit: 4, meaning: "The hub went away before the end" },
} as const;

/** A code of {@linkcode ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a string from a peer is a code that this version knows. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** What all errors of bus have: a stable code, a sentence, and where there is one a remedy. */
export class BusError extends Error {
  /** The name of this class. */
  override readonly name: string = "BusError";

  /**
   * Makes one.
   *
   * @param code what happened, for programs
   * @param message what happened and to what, for people, without a full stop
   * @param hint what to do about it, for people: mostly the command to run
   */
  constructor(readonly code: ErrorCode, message: string, readonly hint?: string) {
    super(message);
  }
}

/**
 * A line that is not a frame of the contract: not UTF-8, not JSON, of no known type, or with wrong
 * fields. A value that decoding returns, not something it throws.
 */
export class BadFrameError extends BusError {
  /** The name of this class. */
  override readonly name = "BadFrameError";

  /**
   * Makes one.
   *
   * @param message what is wrong with it
   * @param frameType the frame's `type`, where it is JSON and names one that is known: what a
   * connection is follows from the type alone, even where the fields are wrong
   */
  constructor(message: string, readonly frameType?: string) {
    super("bad_frame", message);
  }
}

/** A frame over its limit of bytes. */
export class FrameTooLargeError extends BusError {
  /** The name of this class. */
  override readonly name = "FrameTooLargeError";

  /**
   * Makes one.
   *
   * @param limit the limit that was passed, in bytes, line end included
   */
  constructor(readonly limit: number) {
    super("frame_too_large", `longer than ${limit} bytes`);
  }
}
