import { assertEquals } from "@std/assert";
import { hubCommand } from "../../lib/platform/hub_command.ts";
import { type HubChoice, hubPaths } from "../../lib/platform/paths.ts";

/** The command for a hub, where the environment says that. */
function typed(words: string, choice: HubChoice, said: Record<string, string> = {}): string {
  const base = { XDG_RUNTIME_DIR: "/run/x", HOME: "/home/x" };
  const env = (variables: Record<string, string>) => ({
    get: (name: string) => ({ ...base, ...variables })[name],
  });
  return hubCommand(words, hubPaths(choice, env({})), env(said));
}

Deno.test("hubCommand() says which hub, unless it is the default one", () => {
  assertEquals(typed("status", {}), "bus status");
  assertEquals(typed("status", {}, { BUS_SOCKET: "", BUS_NAME: "" }), "bus status");
  assertEquals(typed("stop", { name: "ci" }), "bus stop --name ci");
  assertEquals(typed("serve", { socket: "/tmp/a.sock" }), "bus serve --socket /tmp/a.sock");
});

Deno.test("hubCommand() never means the hub that a variable says", () => {
  const ci = { BUS_NAME: "ci" };
  assertEquals(typed("stop --force", {}, ci), "bus stop --force --name default");
  assertEquals(typed("stop", { name: "ci" }, ci), "bus stop --name ci");
  const other = { BUS_SOCKET: "/tmp/a.sock" };
  assertEquals(typed("stop", {}, other), "bus stop --socket /run/x/bus/default.sock");
  assertEquals(typed("stop", { name: "ci" }, other), "bus stop --socket /run/x/bus/ci.sock");
  assertEquals(typed("stop", { socket: "/tmp/a.sock" }, ci), "bus stop --socket /tmp/a.sock");
});

Deno.test("hubCommand() quotes for a shell, and is no flag to any command", () => {
  assertEquals(typed("status", { socket: "/tmp/a b.sock" }), "bus status --socket '/tmp/a b.sock'");
  assertEquals(typed("status", { name: "$(rm)" }), "bus status --name '$(rm)'");
  assertEquals(typed("status", { name: "-x" }), "bus status --name=-x");
});
