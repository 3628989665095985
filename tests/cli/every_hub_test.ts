import { assertEquals, assertThrows } from "@std/assert";
import { checkMeansEvery } from "../../lib/cli/every_hub.ts";
import { BusError } from "../../lib/protocol/errors.ts";

Deno.test("checkMeansEvery() refuses a line that also means one hub", () => {
  checkMeansEvery({});
  checkMeansEvery({ socket: undefined, name: undefined });
  for (const [hub, flag] of [[{ socket: "/a" }, "--socket"], [{ name: "a" }, "--name"]] as const) {
    const error = assertThrows(() => checkMeansEvery(hub), BusError);
    assertEquals([error.code, error.message], ["usage", `--all and ${flag} do not go together`]);
  }
});
