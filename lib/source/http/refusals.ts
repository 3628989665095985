/**
 * Saying which requests came to nothing: a sender may not tell anybody what it was answered.
 *
 * @module
 */

import { printable } from "../../platform/printable.ts";
import type { SourceContext } from "../source.ts";
import type { Refusal } from "./answers.ts";

/** Characters of the longest reason that is said. */
const LONGEST = 200;

/** The requests that one source has refused. */
export class Refusals {
  /** By their status. */
  readonly #counts = new Map<number, number>();

  /** @param context whose log it is */
  constructor(private readonly context: Pick<SourceContext, "log">) {}

  /** Counts one, and says it: nothing of the request's own, so neither a secret nor a body. */
  note({ status, message }: Pick<Refusal, "status" | "message">): void {
    const count = (this.#counts.get(status) ?? 0) + 1;
    this.#counts.set(status, count);
    const text = `a request was refused with ${status}: ${printable(message, LONGEST)}`;
    this.context.log(`refused ${status}`, `${text} (${count} so far)`);
  }
}
