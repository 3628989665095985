import { assertEquals } from "@std/assert";
import { listView } from "../../lib/cli/list.ts";
import { paint } from "../../lib/cli/paint.ts";

Deno.test("the list has each key in a line, with what it has and what it is about", () => {
  const keys = new Map([
    ["deploys", { types: ["a", "b.>"], setup: "x", cleanup: ["y"], schema: true, single: true }],
    ["hostile\u001b[2J", { types: ["t\n"], description: "d".repeat(80) }],
  ]);
  const [head, first, second, ...rest] = listView(keys, paint(false)).split("\n");
  assertEquals(head, "KEY             TYPES  HAS                          DESCRIPTION");
  assertEquals(first, "deploys         a b.>  single setup cleanup schema  -");
  assertEquals(second, `hostile\\x1b[2J  t\\n    -                            ${"d".repeat(59)}…`);
  assertEquals(rest, [""]);
});
