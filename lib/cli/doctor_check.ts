/**
 * What a doctor says of one thing.
 *
 * @module
 */

/** What is so, in one sentence, and what to do where it is not as it should be. */
export type Judgement =
  | { readonly verdict: "ok"; readonly finding: string }
  | {
    /** A warning is about what works and might not; with a problem something does not. */
    readonly verdict: "warning" | "problem";
    readonly finding: string;
    /** Mostly a command to run. */
    readonly remedy: string;
  };

/** A judgement on one thing, which is named in one word. */
export type Check = { readonly name: string } & Judgement;

/** It is as it should be. */
export function ok(finding: string): Judgement {
  return { verdict: "ok", finding };
}

/** It works, and might not. */
export function warning(finding: string, remedy: string): Judgement {
  return { verdict: "warning", finding, remedy };
}

/** Something does not work. */
export function problem(finding: string, remedy: string): Judgement {
  return { verdict: "problem", finding, remedy };
}
