/**
 * Tables without borders.
 *
 * @module
 */

import Table from "cli-table3";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * Lays out rows under their titles, one line a row. Widths are those of a terminal, where some
 * characters take two columns and colours take none.
 *
 * @param rows cells without line ends
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align }) => align),
    chars: NO_BORDERS,
    // Colours are the caller's.
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().split("\n").map((line) => line.trimEnd());
}
