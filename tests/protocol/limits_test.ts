import { assertEquals } from "@std/assert";
import * as limits from "../../lib/protocol/limits.ts";

Deno.test("limits are those of the contract", () => {
  assertEquals({ ...limits }, {
    MAX_FRAME_BYTES: 1_048_576,
    MAX_EVENT_FRAME_BYTES: 1_048_512,
    MAX_NAME_BYTES: 1024,
    MAX_DEPTH: 512,
    WRITE_TIMEOUT_MS: 5_000,
    FIRST_FRAME_TIMEOUT_MS: 5_000,
  });
});
