/** What it costs to cut 64 KiB of events into lines: by a `TextLineStream`, and together. */

import { frames } from "../../../lib/protocol/framing.ts";
import { Lines } from "../../../lib/protocol/lines.ts";
import { CHUNK, chunks } from "./chunk.ts";

Deno.bench(
  "a chunk of events by a TextLineStream",
  { group: "framing", baseline: true },
  async () => {
    for await (const _batch of frames(chunks(CHUNK)));
  },
);

Deno.bench("a chunk of events together", { group: "framing" }, async () => {
  for await (const batch of frames(chunks(CHUNK), { together: () => true })) {
    if (batch instanceof Lines) { while (batch.next()); }
  }
});
