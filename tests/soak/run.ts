/**
 * Whether a hub holds what it holds, for long: `deno task soak --seconds N --seed N --only PART`.
 *
 * @module
 */

import { type Part, runCampaign } from "../campaign/campaign.ts";
import { churn } from "./churn.ts";
import { manyEvents } from "./events.ts";
import { idleConnections } from "./idle_connections.ts";
import { mixed } from "./mixed.ts";

const PARTS: readonly Part[] = [
  idleConnections,
  manyEvents,
  churn,
  mixed,
];

await runCampaign("soak", PARTS, 120);
