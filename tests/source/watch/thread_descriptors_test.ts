import { assertEquals } from "@std/assert";
import { outcomeOf } from "../few_descriptors.ts";

const options = { ignore: Deno.build.os !== "linux" };

const PROGRAM = new URL("./descriptor_program.ts", import.meta.url);

Deno.test("watch: its end leaves nothing open", options, async () => {
  assertEquals(await outcomeOf(PROGRAM, "opened"), "opened");
});

Deno.test(
  "watch: where no thread can be had its run fails, and nothing else ends",
  options,
  async () => {
    const reason = "no thread can be begun: too many files and connections are open";
    assertEquals(await outcomeOf(PROGRAM, "none"), [reason, reason, "connected: 1 file"]);
  },
);
