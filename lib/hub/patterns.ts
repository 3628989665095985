/**
 * Entries of `event_types` that stand for more than one type.
 *
 * @module
 */

const SEPARATOR = ".";
/** The token of a pattern that matches any one token. */
export const ONE = "*";
const REST = ">";

// Without cutting it into tokens: a hello may have a megabyte of entries.
const PATTERN = /(?:^|\.)(?:\*(?:\.|$)|>$)/;

/** Whether an entry is a pattern; any other is a type and matches itself alone. */
export function isPattern(entry: string): boolean {
  return PATTERN.test(entry);
}

/**
 * A pattern: `*` as a whole token matches any one token, `>` as the last token one or more. Tokens
 * are what stands between dots; an empty one (`a..b`) is a token too, and a `>` elsewhere is itself.
 */
export class Pattern {
  /** Its tokens, without the `>` at its end. */
  readonly tokens: readonly string[];
  readonly #open: boolean;

  /** @param entry an entry for which {@linkcode isPattern} holds */
  constructor(entry: string) {
    const tokens = entry.split(SEPARATOR);
    this.#open = tokens[tokens.length - 1] === REST;
    this.tokens = this.#open ? tokens.slice(0, -1) : tokens;
  }

  /**
   * @param tokens the tokens of an event type
   * @param known how many of them are known to match
   */
  matches(tokens: readonly string[], known = 0): boolean {
    const own = this.tokens;
    if (this.#open ? tokens.length <= own.length : tokens.length !== own.length) return false;
    for (let i = known; i < own.length; i++) {
      if (own[i] !== ONE && own[i] !== tokens[i]) return false;
    }
    return true;
  }
}

/** The tokens of an event type. */
export function tokensOf(eventType: string): string[] {
  return eventType.split(SEPARATOR);
}

/** How many tokens an entry or a type has. */
export function tokenCount(entry: string): number {
  let count = 1;
  for (let at = entry.indexOf(SEPARATOR); at !== -1; at = entry.indexOf(SEPARATOR, at + 1)) count++;
  return count;
}
