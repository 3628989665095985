import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../lib/platform/version.ts";

Deno.test("VERSION is the one of deno.json", async () => {
  const project = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(VERSION, project.version);
  assertMatch(VERSION, /^\d+\.\d+\.\d+/);
});
