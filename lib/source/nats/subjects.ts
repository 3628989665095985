/**
 * What an event's type is as a NATS subject, and a subject as a type.
 *
 * @module
 */

/** Bytes of the longest subject: a server closes the connection on a line of more than 4 KiB. */
const LONGEST = 2048;

/** What no token of a subject can hold, and what stands for it. */
// deno-lint-ignore no-control-regex
const UNFIT = /[\x00-\x20\x7f%*>]/g;

/** Stands for a token that is empty. */
const EMPTY = "%";

const encoder = new TextEncoder();

/**
 * Types and subjects, each as the other. A type is a subject as it is, but for what a subject cannot
 * hold: that stands as `%` and two hex digits, an empty token as `%` alone. So does the start of a
 * subject that a server takes for an order to itself (`$JS.…`) or for an answer (`_INBOX.…`).
 */
export class SubjectNames {
  readonly #before: string;

  /** @param prefix what stands before each type, with a dot between; nothing if absent */
  constructor(prefix: string | undefined) {
    this.#before = prefix === undefined ? "" : `${prefix}.`;
  }

  /** The subject of a type; nothing where there can be none. */
  subjectOf(type: string): string | undefined {
    if (/\p{Surrogate}/u.test(type)) return undefined;
    const subject = this.#before + encoded(type);
    return encoder.encode(subject).length > LONGEST ? undefined : subject;
  }

  /** The type of a subject. One that no type would have been given stands for itself. */
  typeOf(subject: string): string {
    const isOwn = this.#before !== "" && subject.startsWith(this.#before);
    const rest = isOwn ? subject.slice(this.#before.length) : subject;
    const type = decoded(rest);
    return encoded(type) === rest ? type : rest;
  }
}

function encoded(type: string): string {
  const tokens = type.split(".").map((token) =>
    token === "" ? EMPTY : token.replaceAll(UNFIT, escape)
  );
  return tokens.join(".").replace(/^(?:\$|_(?=INBOX(?:\.|$)))/, escape);
}

function decoded(subject: string): string {
  const tokens = subject.split(".").map((token) =>
    token === EMPTY ? "" : token.replaceAll(
      /%([0-7][0-9A-F])/g,
      (_, code) => String.fromCharCode(Number.parseInt(code, 16)),
    )
  );
  return tokens.join(".");
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * Whether a text is a subject, or a pattern of some: words with dots between, of which `*` stands for any
 * one and `>` for all that follow, which it does as the last one only. As in the schema of catalogues.
 */
export function isPattern(text: string): boolean {
  return /^(?:>|(?:[^\s.*>]+|\*)(?:\.(?:[^\s.*>]+|\*))*(?:\.>)?)$/.test(text);
}

/**
 * Whether a subject is one of those that a pattern stands for. What a server keeps for itself and for
 * answers is not meant by a wildcard at the start.
 */
export function isMeant(subject: string, pattern: string): boolean {
  if (/^(?:\$|_INBOX\.)/.test(subject) && /^[*>]/.test(pattern)) return false;
  return matches(subject.split("."), pattern.split("."));
}

/** The patterns without those of which another one stands for all. */
export function widest(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)];
  return unique.filter((one) => !unique.some((other) => other !== one && covers(other, one)));
}

/** Whether a pattern stands for all subjects that another one stands for. */
function covers(wide: string, narrow: string): boolean {
  const [wideTokens, tokens] = [wide.split("."), narrow.split(".")];
  const isOpen = wideTokens.at(-1) === ">";
  if (tokens.at(-1) === ">" && !isOpen) return false;
  return matches(tokens, wideTokens);
}

function matches(tokens: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.at(-1) === ">") {
    return tokens.length >= pattern.length && matches(
      tokens.slice(0, pattern.length - 1),
      pattern.slice(0, -1),
    );
  }
  if (tokens.length !== pattern.length) return false;
  return pattern.every((token, at) => token === "*" || token === tokens[at]);
}
