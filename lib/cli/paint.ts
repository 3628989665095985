/**
 * Colours, where they are wanted.
 *
 * @module
 */

import { bold, cyan, dim, green, red, setColorEnabled, yellow } from "@std/fmt/colors";

const COLOURS = { bold, cyan, dim, green, red, yellow };

/** Gives text its colours, or leaves it as it is. */
export type Paint = Readonly<Record<keyof typeof COLOURS, (text: string) => string>>;

const plain = (text: string) => text;
const PLAIN: Paint = {
  bold: plain,
  cyan: plain,
  dim: plain,
  green: plain,
  red: plain,
  yellow: plain,
};

/** @param wanted whether the text goes to a terminal whose user has not declined colours */
export function paint(wanted: boolean): Paint {
  // The module looks at the environment by itself; the decision is made by the caller alone.
  if (wanted) setColorEnabled(true);
  return wanted ? COLOURS : PLAIN;
}
