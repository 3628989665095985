/**
 * Whether a hub's needs grow.
 *
 * @module
 */

import type { Trial } from "../campaign/campaign.ts";
import type { Fifths, Steadiness } from "../campaign/vitals.ts";
import { insist } from "../campaign/questions.ts";

/** The most that the last fifth of the time may have more than the second. */
const GROWTH = 1.1;

/** Notes what a hub needed, and expects that it did not grow. */
export function isSteady(
  trial: Trial,
  steadiness: Steadiness,
  whats: readonly (keyof Steadiness)[] = ["memory", "descriptors"],
): void {
  for (const what of whats) {
    const means = steadiness[what];
    trial.note(`${what}, the mean of each fifth`, words(what, means));
    const [, second, , , last] = means;
    insist(
      last <= second * GROWTH,
      `${what}: ${
        words(what, means)
      }; the last fifth of the time has too much more than the second`,
    );
  }
}

function words(what: keyof Steadiness, means: Fifths): string {
  return means.map((mean) => what === "memory" ? (mean / 1e6).toFixed(1) : mean.toFixed(0))
    .join(" ") + (what === "memory" ? " MB" : "");
}
