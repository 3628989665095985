/**
 * What is said, and which exit code, when a command fails.
 *
 * @module
 */

import { BusError, ERROR_CODES } from "../protocol/errors.ts";
import { EXIT } from "./exit.ts";
import { ReaderGoneError } from "./output.ts";

/** How a command ends that failed. */
export interface Failure {
  readonly exit: number;
  /** One sentence, with the remedy where there is one; none where there is nothing to say. */
  readonly text: string | undefined;
}

/** @param error whatever was thrown */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ReaderGoneError) return { exit: EXIT.done, text: undefined };
  if (error instanceof BusError) {
    const hint = error.hint === undefined ? "" : ` (${error.hint})`;
    return { exit: ERROR_CODES[error.code].exit, text: error.message + hint };
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { exit: EXIT.failed, text: `this should not happen: ${reason}` };
}
