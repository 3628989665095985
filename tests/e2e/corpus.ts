/**
 * The real input of the tests: the webhooks of GitHub.
 *
 * @module
 */

import events from "@octokit/webhooks-examples" with { type: "json" };

/** One real event. */
export interface CorpusEvent {
  /** `github.push`, `github.issues.opened`. */
  readonly type: string;
  /** The text of its payload. */
  readonly payload: string;
}

/** The webhooks of GitHub, all of them. */
export function corpus(): CorpusEvent[] {
  return events.flatMap(({ name, examples }) =>
    examples.map((example) => ({
      type: typeof example.action === "string"
        ? `github.${name}.${example.action}`
        : `github.${name}`,
      payload: JSON.stringify(example),
    }))
  );
}
