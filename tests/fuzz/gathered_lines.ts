/**
 * The lines that came on one connection.
 *
 * @module
 */

import { joined } from "./mutations.ts";

const LINE_FEED = 0x0a;

/** Gathers pieces of bytes, and tells how many lines they are. */
export class GatheredLines {
  readonly #pieces: Uint8Array[] = [];
  #count = 0;

  /** Lines that are whole. */
  get count(): number {
    return this.#count;
  }

  /** All lines, without their ends. */
  get lines(): string[] {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(joined(...this.#pieces));
    const lines = text.split("\n");
    const half = lines.pop();
    if (half) lines.push(`half a line: ${half}`);
    return lines;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, at + 1)) {
      this.#count++;
    }
  }
}
