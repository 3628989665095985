import { assertEquals } from "@std/assert";
import { openSync } from "node:fs";
import { systemReason } from "../../lib/platform/system_reason.ts";

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

Deno.test("systemReason() is the system's sentence alone, whoever was asked", () => {
  const path = "/nowhere/it's, open 'here'/x";
  const sentence = "No such file or directory";
  assertEquals(systemReason(thrownBy(() => Deno.openSync(path))), sentence);
  assertEquals(systemReason(thrownBy(() => openSync(path, "r"))), sentence);
  assertEquals(
    systemReason(new Error("something else, quite 'different'")),
    "something else, quite 'different'",
  );
});

Deno.test("systemReason() is printable, and no longer than a sentence", () => {
  assertEquals(systemReason("a\x1b[2J\n"), "a\\x1b[2J\\n");
  assertEquals(systemReason(new Error("x".repeat(10_000))).length, 300);
});
