/**
 * The text of a catalogue: JSON with comments, and where in it something stands.
 *
 * @module
 */

import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** The way to a value: names of members, and numbers of elements. */
export type Path = readonly (string | number)[];

/** Something that is wrong with a catalogue. */
export interface Fault {
  /** From 1. */
  readonly line: number;
  /** The way to what is wrong; empty where it is the text itself. */
  readonly path: Path;
  /** What is wrong and what is allowed, for people. */
  readonly problem: string;
}

/** What a parser's words mean. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "this is no JSON value",
  InvalidNumberFormat: "this is no number",
  PropertyNameExpected: 'a name in quotes is missing, such as "keys"',
  ValueExpected: "a value is missing",
  ColonExpected: "a colon is missing",
  CommaExpected: "a comma is missing",
  CloseBraceExpected: "a } is missing",
  CloseBracketExpected: "a ] is missing",
  EndOfFileExpected: "there is more behind the end",
  UnexpectedEndOfComment: "a comment does not end",
  UnexpectedEndOfString: "a text does not end",
  InvalidUnicode: "a \\u needs four hex digits",
  InvalidEscapeCharacter: "this is no escape of JSON",
  InvalidCharacter: "a control character must be escaped",
};

/** A text that was read, with the places of its values. */
export class CatalogueText {
  /** What the text says; of a text with faults what could be read of it. */
  readonly value: unknown;
  /** What is wrong with the text itself. */
  readonly faults: readonly Fault[];
  readonly #tree: Node | undefined;
  /** Where each line begins. */
  readonly #lineStarts: readonly number[];
  /** The values of the members of an object, by their names. */
  readonly #members = new Map<Node, ReadonlyMap<string, Node>>();

  constructor(text: string) {
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    const errors: ParseError[] = [];
    try {
      this.#tree = parseTree(text, errors, { allowTrailingComma: true });
      this.value = this.#tree && getNodeValue(this.#tree);
      const faults = errors.map(({ error, offset }) => ({
        line: this.#lineAt(offset),
        path: [],
        problem: SYNTAX[printParseErrorCode(error)] ?? "this is no JSON",
      }));
      this.faults = [...faults, ...this.#doubles(this.#tree, [])];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // What goes down into a value does so by calling itself.
      this.faults = [{ line: 1, path: [], problem: "is nested too deep" }];
    }
  }

  /** The line of a value, or of what of the way to it is there; from 1. */
  lineOf(path: Path): number {
    let node = this.#tree;
    for (const step of path) {
      const next = node && this.#inside(node, step);
      if (!next) break;
      node = next;
    }
    // Of a member the name says where it is: its value may begin further down.
    const member = node?.parent?.type === "property" ? node.parent : node;
    return member ? this.#lineAt(member.offset) : 1;
  }

  /** Names that stand twice in one object: one of them would be ignored in silence. */
  *#doubles(node: Node | undefined, path: Path): Generator<Fault> {
    const names = new Set<unknown>();
    for (const [at, child] of (node?.children ?? []).entries()) {
      if (child.type !== "property") {
        yield* this.#doubles(child, [...path, at]);
        continue;
      }
      const [name, value] = child.children ?? [];
      const where = [...path, String(name?.value)];
      if (names.has(name?.value)) {
        yield { line: this.#lineAt(child.offset), path: where, problem: "stands here twice" };
      }
      names.add(name?.value);
      yield* this.#doubles(value, where);
    }
  }

  /** What is at a step in an object or an array; what a pointer has as a number may be a name. */
  #inside(node: Node, step: string | number): Node | undefined {
    if (node.type === "array") return node.children?.[Number(step)];
    let members = this.#members.get(node);
    if (!members) {
      members = new Map((node.children ?? []).flatMap(({ children: [name, value] = [] }) => {
        return name && value ? [[String(name.value), value]] : [];
      }));
      this.#members.set(node, members);
    }
    return members.get(String(step));
  }

  #lineAt(offset: number): number {
    let from = 0;
    for (let to = this.#lineStarts.length; to - from > 1;) {
      const middle = (from + to) >> 1;
      if ((this.#lineStarts[middle] ?? Infinity) <= offset) from = middle;
      else to = middle;
    }
    return from + 1;
  }
}
