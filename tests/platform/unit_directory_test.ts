import { assertEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { unitDirectory } from "../../lib/platform/unit_directory.ts";

function directory(variables: Record<string, string>, home = "/home/ada"): string {
  return unitDirectory({ get: (name) => variables[name] }, () => home);
}

Deno.test("unitDirectory() is in $XDG_CONFIG_HOME, else in the home", () => {
  assertEquals(directory({ XDG_CONFIG_HOME: "/c/" }), "/c/systemd/user");
  for (const variables of [{}, { XDG_CONFIG_HOME: "" }, { XDG_CONFIG_HOME: "config" }]) {
    assertEquals(directory(variables), "/home/ada/.config/systemd/user");
  }
  assertEquals(directory({}, "/"), "/.config/systemd/user");
});

Deno.test("unitDirectory() of one who has no home is said to be missing", () => {
  const { message, hint } = assertThrows(() => directory({}, ""), BusError);
  assertEquals([message, hint], [
    "there is no directory for units",
    "set XDG_CONFIG_HOME, or HOME",
  ]);
});
