/**
 * The flag that means every hub.
 *
 * @module
 */

import type { HubChoice } from "../platform/paths.ts";
import { BusError } from "../protocol/errors.ts";

/**
 * Refuses a line that means every hub and one.
 *
 * @throws {BusError} `usage`
 */
export function checkMeansEvery(hub: HubChoice): void {
  const flag = hub.socket !== undefined
    ? "--socket"
    : hub.name !== undefined
    ? "--name"
    : undefined;
  if (flag === undefined) return;
  throw new BusError("usage", `--all and ${flag} do not go together`, "leave one of them out");
}
