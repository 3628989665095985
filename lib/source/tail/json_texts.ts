/**
 * JSON texts among the lines of a file, and where in it the one begins that is not whole yet.
 *
 * @module
 */

import type { InputLine } from "../../protocol/input_lines.ts";
import type { JsonText } from "../../protocol/messages.ts";
import { JsonLines } from "../json_lines.ts";

/** Puts texts together that stand in several lines, as {@linkcode JsonLines} does, and knows their places. */
export class JsonTexts {
  readonly #json = new JsonLines();
  /** Where the lines begin that were taken and not given back, in bytes. */
  readonly #held: number[] = [];
  /** Where the lines begin that ended in the last piece of the file, ... */
  #starts: readonly number[] = [];
  /** ... and how many ended before it. */
  #before = 0;

  /**
   * Is told where the lines begin that have their end in the next piece of the file. To be called for
   * each piece before its lines are taken, also where it has none.
   */
  expect(starts: readonly number[]): void {
    this.#before += this.#starts.length;
    this.#starts = starts;
  }

  /** Takes lines of that piece, and returns the texts that they end. */
  take(lines: readonly InputLine[]): (JsonText | string)[] {
    for (const { number } of lines) {
      // Numbers are from 1, and every line has one.
      this.#held.push(this.#starts[number - this.#before - 1] ?? 0);
    }
    const texts = this.#json.take(lines.map(({ text }) => text));
    // Each line comes back in one of the texts: they are as many as these have lines.
    this.#held.splice(0, texts.reduce((count, text) => count + linesIn(text), 0));
    return texts;
  }

  /** Where the first line begins of which no text came yet; nothing where there is none. */
  get heldFrom(): number | undefined {
    return this.#held[0];
  }

  /** The lines that no text came of. */
  end(): string[] {
    this.#held.length = 0;
    return this.#json.end();
  }
}

function linesIn(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
