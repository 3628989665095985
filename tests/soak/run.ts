/**
 * Whether a hub holds what it holds, for long: `deno task soak --seconds N --seed N --only PART`.
 *
 * @module
 */

import { type Part, runCampaign } from "../campaign/campaign.ts";
import { manyEvents } from "./events.ts";
import { idleConnections } from "./idle_connections.ts";

const PARTS: readonly Part[] = [
  idleConnections,
  manyEvents,
];

await runCampaign("soak", PARTS, 120);
