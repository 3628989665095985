/**
 * What a hub and its programs live through, whatever is done to them:
 * `deno task chaos --seconds N --seed N --only PART`.
 *
 * @module
 */

import { type Part, runCampaign } from "../campaign/campaign.ts";
import { caged } from "./caged.ts";
import { clockMoved } from "./clock_moved.ts";
import { descriptorsGone } from "./descriptors_gone.ts";
import { directoryChanged } from "./directory_changed.ts";
import { diskFull } from "./disk_full.ts";
import { firstAndLast } from "./first_and_last.ts";
import { hubKilled } from "./hub_killed.ts";
import { hubStopped } from "./hub_stopped.ts";
import { idleExit } from "./idle_exit.ts";
import { intruder } from "./intruder.ts";
import { linksSwapped } from "./links_swapped.ts";
import { manyStuck } from "./many_stuck.ts";
import { modes } from "./modes.ts";
import { peersKilled } from "./peers_killed.ts";
import { setupAndCleanup } from "./setup_and_cleanup.ts";
import { slowConsumer } from "./slow_consumer.ts";
import { starters } from "./starters.ts";
import { storm } from "./storm.ts";
import { stuckConsumer } from "./stuck_consumer.ts";

const PARTS: readonly Part[] = [
  hubKilled,
  peersKilled,
  firstAndLast,
  setupAndCleanup,
  hubStopped,
  clockMoved,
  diskFull,
  directoryChanged,
  starters,
  idleExit,
  intruder,
  modes,
  linksSwapped,
  storm,
  stuckConsumer,
  slowConsumer,
  manyStuck,
  descriptorsGone,
  caged,
];

await runCampaign("chaos", PARTS, 120);
