/**
 * Types and ids that are made of what a source has found.
 *
 * @module
 */

import { BusError } from "../protocol/errors.ts";
import type { Values } from "./source.ts";

/** A value's place in a template, with the text before it. */
interface Place {
  readonly before: string;
  readonly scope: string;
  readonly name: string;
}

const PLACE = /\{([a-z_]+)(?::([^{}]+))?\}/g;

/**
 * A text with places for values: `github.{header:x-github-event}.{body:action}`. In braces stands a
 * scope and, behind a colon, a name in it; `body` is the payload, its names are paths
 * (`body:pull_request.id`, `body:commits.0.id`).
 */
export class Template {
  readonly #places: readonly Place[];
  readonly #rest: string;

  /** @throws {BusError} `bad_input`: a brace that is no place for a value */
  constructor(readonly text: string) {
    const places: Place[] = [];
    let at = 0;
    for (const { 0: whole, 1: scope = "", 2: name = "", index } of text.matchAll(PLACE)) {
      places.push({ before: literal(text, at, index), scope, name });
      at = index + whole.length;
    }
    this.#places = places;
    this.#rest = literal(text, at, text.length);
  }

  /** The scopes that it asks for. */
  get scopes(): ReadonlySet<string> {
    return new Set(this.#places.map(({ scope }) => scope));
  }

  /** The text with all values in their places; nothing where one of them is not there. */
  fillWhole(values: Values): string | undefined {
    let text = "";
    for (const { before, scope, name } of this.#places) {
      const value = values[scope]?.(name);
      if (!value) return undefined;
      text += before + value;
    }
    return text + this.#rest;
  }

  /**
   * The text with those values that are there. With one that is not, a dot beside it goes too:
   * `github.push`, not `github.push.`.
   */
  fill(values: Values): string {
    let text = "";
    let isAtStart = true;
    for (const { before, scope, name } of this.#places) {
      const value = values[scope]?.(name);
      const literal = isAtStart && text === "" ? withoutDot(before, this.text) : before;
      text += value ? literal + value : literal.replace(/\.$/, "");
      isAtStart &&= text === "";
    }
    return text + (text === "" ? withoutDot(this.#rest, this.text) : this.#rest);
  }
}

/** A text that came to stand at the start, without the dot that parted it from what is not there. */
function withoutDot(literal: string, whole: string): string {
  return whole.startsWith(".") ? literal : literal.replace(/^\./, "");
}

function literal(text: string, from: number, to: number): string {
  const part = text.slice(from, to);
  if (!/[{}]/.test(part)) return part;
  const reason = `"${text}" has a brace that is no place for a value`;
  throw new BusError("bad_input", reason, "a place is {SCOPE} or {SCOPE:NAME}");
}
