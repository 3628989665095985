/** The project's README against the tables that it tells of. */

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { EXIT_CODES } from "../../lib/cli/exit.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** The rows of the first table with this head, cell by cell. */
function rowsUnder(head: string): string[][] {
  const lines = README.split("\n").map((line) => line.replaceAll("\\|", "¦"));
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
  const start = lines.findIndex((line) => line.startsWith("|") && cells(line)[0] === head);
  const rows: string[][] = [];
  for (let at = start + 2; lines[at]?.startsWith("|"); at++) rows.push(cells(lines[at] ?? ""));
  return rows;
}

Deno.test("the README has every exit code, with its meaning", () => {
  assertEquals(rowsUnder("code"), EXIT_CODES.map(({ code, meaning }) => [code, meaning]));
});

Deno.test("the README has every command", () => {
  const named = rowsUnder("command").map(([usage = ""]) => /^`bus (\w+)/.exec(usage)?.[1]);
  assertEquals(named, COMMANDS.map(({ name }) => name));
});
