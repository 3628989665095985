import { assertEquals } from "@std/assert";
import { outcomeOf } from "../few_descriptors.ts";

const options = { ignore: Deno.build.os !== "linux" };

const PROGRAM = new URL("./descriptor_program.ts", import.meta.url);

Deno.test(
  "filter: its end leaves nothing open, after a break-down, while it is busy and after a check too",
  options,
  async () => assertEquals(await outcomeOf(PROGRAM, "opened"), Array(2).fill("jq was ended")),
);

Deno.test(
  "filter: where jq breaks down or takes too long its thread goes on",
  options,
  async () => {
    const [broke, late] = ["jq broke down", "jq took too long"];
    const verdicts = [broke, late, "passes", broke, broke, "passes"];
    assertEquals(await outcomeOf(PROGRAM, "broken"), [...verdicts, 1]);
  },
);

Deno.test(
  "filter: where jq took up much memory before it broke down the thread ends, and leaves nothing open",
  options,
  async () => {
    assertEquals(await outcomeOf(PROGRAM, "large"), [true, false, true, false, true, 3]);
  },
);

Deno.test(
  "filter: where no thread can be had that is said, and nothing else ends",
  options,
  async () => {
    const reason = "failed: no thread can be begun: too many files and connections are open";
    const refused = [reason, reason, reason];
    assertEquals(await outcomeOf(PROGRAM, "none"), [...refused, ...refused, "passes"]);
  },
);
