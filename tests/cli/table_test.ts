import { assertEquals } from "@std/assert";
import { table } from "../../lib/cli/table.ts";

const COLUMNS = [
  { title: "PID", align: "right" },
  { title: "KEY", align: "left" },
  { title: "N", align: "right" },
] as const;

Deno.test("table() aligns by the columns of a terminal, whatever colours and wide characters", () => {
  const rows = [["7", "gh", "1"], ["1234", "鍵", "\x1b[33m12\x1b[39m"], ["12", "e\u0301", "3"]];
  assertEquals(table(COLUMNS, rows), [
    " PID  KEY   N",
    "   7  gh    1",
    "1234  鍵   \x1b[33m12\x1b[39m",
    "  12  e\u0301     3",
  ]);
});

Deno.test("table() has one line a row and no blanks at their ends", () => {
  const lines = table([{ title: "A", align: "left" }, { title: "B", align: "left" }], [
    ["x", ""],
    ["", "long enough"],
  ]);
  assertEquals(lines, ["A  B", "x", "   long enough"]);
});
