/**
 * `lib/protocol/README.md`, taken apart so that it can be held against the code.
 *
 * @module
 */

const README = await Deno.readTextFile(
  new URL("../../lib/protocol/README.md", import.meta.url),
);

/** The text under a heading, up to the next heading of any level. */
export function sectionOf(heading: string): string {
  const start = README.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`No heading ${heading} in the README`);
  const text = README.slice(start + heading.length + 2);
  const end = text.search(/^#/m);
  return end < 0 ? text : text.slice(0, end);
}

/** The code of the blocks of one kind in a text. */
export function blocksOf(text: string, kind: string): string[] {
  const fence = new RegExp("^```" + kind + "\\n([^]*?)^```$", "gm");
  return Array.from(text.matchAll(fence), ([, code = ""]) => code);
}

/** The rows of the tables in a text, without their heads, cells without blanks around them. */
export function rowsOf(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  const isRule = (row: string | undefined) => row !== undefined && /^[|\s:-]+$/.test(row);
  return rows
    .filter((row, i) => !isRule(row) && !isRule(rows[i + 1]))
    .map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The messages that have a heading of their own. */
export function messageHeadings(): string[] {
  return Array.from(README.matchAll(/^### `(\w+)`$/gm), ([, type = ""]) => type);
}
