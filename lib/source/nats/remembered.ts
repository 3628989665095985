/**
 * A memory of what was lately.
 *
 * @module
 */

/** Texts that are remembered at most, and bytes of them. */
const MOST = 65_536;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** A bounded memory of texts: what was noted longest ago is forgotten first. */
export class Remembered {
  // In order of notice, for a Set keeps the order of insertion.
  readonly #texts = new Set<string>();
  #characters = 0;

  /** Notes a text. Returns whether it was not there. */
  note(text: string): boolean {
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    this.#characters += text.length;
    for (const oldest of this.#texts) {
      if (this.#texts.size <= MOST && this.#characters <= MOST_CHARACTERS) break;
      this.forget(oldest);
    }
    return true;
  }

  /** Forgets a text. */
  forget(text: string): void {
    if (this.#texts.delete(text)) this.#characters -= text.length;
  }

  /** Whether it was noted and is not yet forgotten. */
  has(text: string): boolean {
    return this.#texts.has(text);
  }
}
