/**
 * Frames from a grammar: every message of the contract, with its fields right and wrong.
 *
 * @module
 */

import type { Random } from "../campaign/random.ts";
import { corpus } from "../e2e/corpus.ts";
import { DEEPEST, type Kind, LONGEST_EVENT, LONGEST_FRAME, MESSAGES } from "./contract.ts";
import {
  blanks,
  fieldName,
  nameOfBytes,
  nested,
  numberText,
  oddName,
  spelled,
  stringText,
  valueText,
} from "./values.ts";

/** What a frame shall be like. */
export interface Wish {
  /** A message of the contract; another word is a type that nobody knows. */
  readonly type: string;
  /** One field in so many is wrong, missing or doubled. */
  readonly oneWrongIn: number;
}

/** What frames are about. */
export interface Subject {
  /** The key of the connection. */
  readonly key: string;
  /** An id that no other event has. */
  newId(): string;
  /** An id that an event had before; nothing where there is none. */
  oldId(): string | undefined;
}

/** A field as it is written. */
type Written = readonly [name: string, value: string];

const payloads = corpus();
const TYPES = ["github.push", "github.issues.opened", "a.b", "t", "orders.created"];

/** Whole numbers, in spellings of which not all look it. */
const WHOLE = ["0", "-0", "1.0", "1e3", "0.1e+2", "9007199254740991", "-9007199254740991"];

/** Makes frames that differ in everything that the contract leaves to their sender. */
export class Grammar {
  constructor(private readonly random: Random, private readonly subject: Subject) {}

  /** The text of a frame, without its line end. */
  frame(wish: Wish): string {
    const { random } = this;
    let fields = this.#fields(wish);
    if (random.oneIn(6)) fields.push([spelled(random, fieldName(random)), valueText(random)]);
    if (random.oneIn(200)) fields.push(['"deep"', this.#deep()]);
    if (random.oneIn(8)) fields = random.shuffled(fields);
    return this.#object(fields);
  }

  /** A text that is JSON and no frame, or no JSON at all. */
  noFrame(): string {
    const { random } = this;
    return random.pick([
      () => valueText(random),
      () => stringText(random),
      () => numberText(random),
      () => `[${this.frame({ type: "bye", oneWrongIn: 100 })}]`,
      () => "GET / HTTP/1.1",
      () => " \t ",
      () => '{"type":"bye"}{"type":"bye"}',
      () => `${this.frame({ type: "event", oneWrongIn: 100 })},`,
      () => "{'type':'bye'}",
      () => `{"type":"bye"}${random.pick(["//", "\0", "\ufeff", "]"])}`,
      () => this.#deep(),
    ])();
  }

  /**
   * A frame of so many bytes, its line end included: of the most that a frame may have, of the most
   * that an event may, or of what readers read at once, or a few more or less.
   */
  sized(type: string): string {
    const { random } = this;
    const bytes = random.int(-2, 2) + random.pick([512, 1_024, 4_096, 65_536, 65_536]);
    return this.ofBytes(type, bytes);
  }

  /** The same at the limits. */
  large(type: string): string {
    const { random } = this;
    const limit = type === "event" && random.oneIn(2) ? LONGEST_EVENT : LONGEST_FRAME;
    return this.ofBytes(type, limit + random.pick([-1, 0, 1, 1, 64]));
  }

  /** A right frame of so many bytes, its line end included. */
  ofBytes(type: string, bytes: number): string {
    const frame = this.#object(this.#rightFields(type));
    const head = `${frame.slice(0, frame.lastIndexOf("}"))},"pad":"`;
    const left = bytes - new TextEncoder().encode(head).length - 3;
    return `${head}${nameOfBytes(this.random.pick(["x", "é", "\ufeff"]), Math.max(0, left))}"}`;
  }

  #fields({ type, oneWrongIn }: Wish): Written[] {
    const { random } = this;
    const fields: Written[] = [[spelled(random, "type"), spelled(random, type)]];
    for (const [name, { kind, needed }] of MESSAGES.get(type) ?? []) {
      const isWrong = random.oneIn(oneWrongIn);
      if (!isWrong && !needed && random.oneIn(2)) continue;
      const right = this.#value(type, name, kind);
      const write = (value: string) => fields.push([spelled(random, name), value]);
      if (!isWrong) write(right);
      else {
        const wrong = this.#wrongValue(kind);
        switch (random.int(0, 4)) {
          case 0:
            break;
          case 1:
            write(wrong);
            write(right);
            break;
          case 2:
            write(right);
            write(wrong);
            break;
          default:
            write(wrong);
        }
      }
    }
    if (random.oneIn(40)) fields.push([spelled(random, "seq"), random.pick(WHOLE)]);
    if (random.oneIn(oneWrongIn * 4)) fields.push(['"type"', this.#wrongValue("text")]);
    return fields;
  }

  #rightFields(type: string): Written[] {
    const needed = [...MESSAGES.get(type) ?? []].filter(([, { needed }]) => needed);
    return [
      ['"type"', `"${type}"`],
      ...needed.map(([name, { kind }]): Written => [`"${name}"`, this.#value(type, name, kind)]),
    ];
  }

  #value(type: string, name: string, kind: Kind): string {
    const { random, subject } = this;
    switch (kind) {
      case "name":
        if (name === "event_id") return this.#id();
        if (random.oneIn(60)) return spelled(random, oddName(random));
        if (name === "event_type") return spelled(random, random.pick(TYPES));
        if (name === "subscription_id" && random.oneIn(2)) return random.pick(['""', "null"]);
        return spelled(random, subject.key);
      case "names": {
        const types = random.oneIn(10) ? [oddName(random)] : [`${subject.key}.nothing`];
        if (random.oneIn(4)) types.push(random.pick(TYPES));
        return `[${types.map((type) => spelled(random, type)).join()}]`;
      }
      case "text":
        return random.oneIn(4) ? random.pick(['""', "null"]) : stringText(random);
      case "integer":
        return random.oneIn(4) ? random.pick(WHOLE) : String(random.int(-9, 1_000_000));
      case "flag":
        // A hello that sets up makes others wait, and a bool is a bool.
        return random.pick(["true", "false"]);
      case "list":
        return random.pick(["[]", '[{"a":1}]']);
      case "anything":
        return this.#payload(type);
    }
  }

  #wrongValue(kind: Kind): string {
    const { random } = this;
    if (kind === "name" && random.oneIn(4)) {
      return spelled(random, nameOfBytes("é", random.pick([1_025, 1_026, 4_000])));
    }
    return random.pick([
      () => numberText(random),
      () => random.pick(["null", '""', "true", "[]", "{}", '[""]', "[null]", "1.5", '"1"']),
      () => valueText(random),
    ])();
  }

  #id(): string {
    const { random, subject } = this;
    if (random.oneIn(12)) return random.pick(['""', "null"]);
    if (random.oneIn(12)) return spelled(random, subject.oldId() ?? subject.newId());
    if (random.oneIn(40)) return spelled(random, oddName(random));
    return spelled(random, subject.newId());
  }

  #payload(type: string): string {
    const { random } = this;
    if (type === "event" && random.oneIn(60)) return random.pick(payloads).payload;
    if (random.oneIn(200)) return this.#deep();
    return valueText(random);
  }

  #deep(): string {
    return nested(this.random, DEEPEST + this.random.int(-4, 3));
  }

  #object(fields: readonly Written[]): string {
    const { random } = this;
    if (!random.oneIn(6)) return `{${fields.map(([name, value]) => `${name}:${value}`).join()}}`;
    const inside = fields.map(([name, value]) =>
      `${blanks(random)}${name}${blanks(random)}:${blanks(random)}${value}${blanks(random)}`
    );
    return `${blanks(random)}{${inside.join()}}${blanks(random)}`;
  }
}
