/**
 * What may be given to flags and arguments, and how it is read.
 *
 * @module
 */

import { isName, NAME } from "../protocol/fields.ts";

/** A kind of value on the command line. */
export interface ValueKind<T> {
  /** Stands for the value in help, in capitals. */
  readonly placeholder: string;
  /** Ends the sentence "--timeout must be …". */
  readonly description: string;
  /** Whether several may be given at once. */
  readonly isList?: true;
  /** The value of a text; nothing where it is none of this kind. */
  parse(text: string): T | undefined;
}

/** The same kind under another placeholder. */
export function called<T>(placeholder: string, kind: ValueKind<T>): ValueKind<T> {
  return { ...kind, placeholder };
}

/** Any text, an empty one too. */
export const TEXT: ValueKind<string> = {
  placeholder: "TEXT",
  description: "a text",
  parse: (text) => text,
};

/** A text that is not empty. */
export const WORD: ValueKind<string> = {
  placeholder: "WORD",
  description: "a text that is not empty",
  parse: (text) => text === "" ? undefined : text,
};

/** A key, type or id. */
export const NAME_VALUE: ValueKind<string> = {
  placeholder: "NAME",
  description: NAME.description,
  parse: (text) => isName(text) ? text : undefined,
};

/** Keys, types or ids with commas between them; blanks around them do not count. */
export const NAMES: ValueKind<readonly string[]> = {
  placeholder: "A,B",
  isList: true,
  description: `names with commas between them, each ${NAME.description}`,
  parse(text) {
    const names = text.split(",").map((name) => name.trim());
    return names.every(isName) ? names : undefined;
  },
};

/** One of some words. */
export function choice<const Word extends string>(...words: readonly Word[]): ValueKind<Word> {
  const last = words.at(-1) ?? "";
  return {
    placeholder: "WORD",
    description: `${words.slice(0, -1).join(", ")} or ${last}`,
    parse: (text) => words.find((word) => word === text),
  };
}

/** A whole number from 1. */
export const COUNT: ValueKind<number> = {
  placeholder: "N",
  description: "a whole number from 1",
  parse(text) {
    const count = /^\d{1,16}$/.test(text) ? Number(text) : 0;
    return count >= 1 && Number.isSafeInteger(count) ? count : undefined;
  },
};

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The longest time that a timer of the runtime can wait, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A time with its unit, in milliseconds. A bare number is none: nobody can tell what it means. */
export const DURATION: ValueKind<number> = {
  placeholder: "TIME",
  description: "a time with its unit, such as 500ms, 30s, 5m or 1h (at most 596h)",
  parse(text) {
    const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text);
    if (!match) return undefined;
    const unit = match[2] as keyof typeof MILLISECONDS;
    const milliseconds = Math.round(Number(match[1]) * MILLISECONDS[unit]);
    return milliseconds >= 1 && milliseconds <= LONGEST_TIMER ? milliseconds : undefined;
  },
};

/** A time with its unit, in milliseconds, or 0 for never. */
export const DURATION_OR_NEVER: ValueKind<number> = {
  placeholder: "TIME",
  description: `${DURATION.description}, or 0 for never`,
  parse: (text) => text === "0" ? 0 : DURATION.parse(text),
};

const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A number of bytes with its unit. */
export function size(least: number): ValueKind<number> {
  return {
    placeholder: "SIZE",
    description: `a size such as 512KiB, 8MiB or 1GiB, at least ${formatSize(least)}`,
    parse(text) {
      const match = /^(\d{1,12}(?:\.\d{1,6})?)(B|KiB|MiB|GiB)$/.exec(text);
      if (!match) return undefined;
      const bytes = Math.round(Number(match[1]) * BYTES[match[2] as keyof typeof BYTES]);
      return bytes >= least && Number.isSafeInteger(bytes) ? bytes : undefined;
    },
  };
}

/** Bytes in the largest unit of which they are a whole number, as {@linkcode size} reads them. */
export function formatSize(bytes: number): string {
  const units = (Object.keys(BYTES) as (keyof typeof BYTES)[]).reverse();
  const unit = units.find((unit) => bytes % BYTES[unit] === 0) ?? "B";
  return `${bytes / BYTES[unit]}${unit}`;
}

/** A moment, as the wire has it: unix time in milliseconds, as a string. */
export const MOMENT: ValueKind<string> = {
  placeholder: "MOMENT",
  description: "unix time in milliseconds, or a date with its zone such as 2026-01-31T12:00:00Z",
  parse(text) {
    if (/^\d{1,15}$/.test(text)) return String(Number(text));
    const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
    const time = isDate && isDay(text.slice(0, 10)) ? Date.parse(text) : NaN;
    return Number.isNaN(time) || time < 0 ? undefined : String(time);
  },
};

/** Date.parse makes the 3rd of March of the 31st of February. */
function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
