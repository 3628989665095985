/**
 * The command `deno task fuzz`.
 *
 * @module
 */

import { runCampaign } from "../campaign/campaign.ts";
import { bytesPart } from "./bytes_part.ts";
import { cutsPart } from "./cuts_part.ts";
import { grammarPart } from "./grammar_part.ts";
import { lossPart } from "./loss_part.ts";
import { namesPart } from "./names_part.ts";
import { shapePart } from "./shape_part.ts";
import { silencePart } from "./silence_part.ts";
import { sizePart } from "./size_part.ts";
import { unreadPart } from "./unread_part.ts";

await runCampaign(
  "fuzz",
  [
    grammarPart,
    cutsPart,
    bytesPart,
    lossPart,
    namesPart,
    sizePart,
    shapePart,
    silencePart,
    unreadPart,
  ],
  60,
);
