/**
 * Entries of `event_types` that stand for more than one type.
 *
 * @module
 */

const SEPARATOR = ".";
const ONE = "*";
const REST = ">";

/** Whether an entry is a pattern; any other is a type and matches itself alone. */
export function isPattern(entry: string): boolean {
  const tokens = entry.split(SEPARATOR);
  return tokens.includes(ONE) || tokens[tokens.length - 1] === REST;
}

/**
 * A pattern: `*` as a whole token matches any one token, `>` as the last token one or more. Tokens
 * are what stands between dots; an empty one (`a..b`) is a token too, and a `>` elsewhere is itself.
 */
export class Pattern {
  readonly #tokens: readonly string[];
  readonly #open: boolean;

  /** @param entry an entry for which {@linkcode isPattern} holds */
  constructor(entry: string) {
    const tokens = entry.split(SEPARATOR);
    this.#open = tokens[tokens.length - 1] === REST;
    this.#tokens = this.#open ? tokens.slice(0, -1) : tokens;
  }

  /** @param tokens the tokens of an event type */
  matches(tokens: readonly string[]): boolean {
    const own = this.#tokens;
    if (this.#open ? tokens.length <= own.length : tokens.length !== own.length) return false;
    return own.every((token, i) => token === ONE || token === tokens[i]);
  }
}

/** The tokens of an event type. */
export function tokensOf(eventType: string): string[] {
  return eventType.split(SEPARATOR);
}
