import { assertEquals } from "@std/assert";
import { hubCommand } from "../../lib/platform/hub_command.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";

function paths(socket: string, name?: string): HubPaths {
  const there = { socket, lock: "", log: "", directory: "", ownDirectory: name !== undefined };
  return name === undefined ? there : { ...there, name };
}

Deno.test("hubCommand() says which hub, unless it is the default one", () => {
  assertEquals(hubCommand("status", paths("/run/x/default.sock", "default")), "bus status");
  assertEquals(hubCommand("stop", paths("/run/x/ci.sock", "ci")), "bus stop --name ci");
  assertEquals(hubCommand("serve", paths("/tmp/a.sock")), "bus serve --socket /tmp/a.sock");
});

Deno.test("hubCommand() leaves out what a shell would read otherwise", () => {
  assertEquals(hubCommand("status", paths("/tmp/a b.sock")), "bus status");
  assertEquals(hubCommand("status", paths("/run/$(rm).sock", "$(rm)")), "bus status");
});
