/**
 * The command `deno task fuzz`.
 *
 * @module
 */

import { runCampaign } from "../campaign/campaign.ts";
import { grammarPart } from "./grammar_part.ts";

await runCampaign("fuzz", [grammarPart], 60);
