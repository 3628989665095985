/**
 * Texts for people in blocks of lines.
 *
 * @module
 */

/** The blocks as one text, an empty line between them; a block without lines leaves none. */
export function blocks(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((lines) => lines.length > 0);
  return filled.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}
