/**
 * What may be given to flags and arguments, and how it is read.
 *
 * @module
 */

import { formatSize, parseDuration, parseSize } from "../platform/units.ts";
import { isName, NAME } from "../protocol/fields.ts";
import { briefSource, KINDS, type SourceSettings } from "../source/kinds.ts";

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
    description: words.length === 1 ? last : `${words.slice(0, -1).join(", ")} or ${last}`,
    parse: (text) => words.find((word) => word === text),
  };
}

/** A source, as `KIND:` and what that kind needs most. */
export const SOURCE: ValueKind<SourceSettings> = {
  placeholder: "KIND:ARGS",
  description: `a kind of source and its settings: ${
    Object.values(KINDS).flatMap(({ briefly }) => briefly ?? []).join(", ")
  }`,
  parse: briefSource,
};

/** A whole number from 1. */
export const COUNT: ValueKind<number> = {
  placeholder: "N",
  description: "a whole number from 1",
  parse(text) {
    const count = /^\d{1,16}$/.test(text) ? Number(text) : 0;
    return count >= 1 && Number.isSafeInteger(count) ? count : undefined;
  },
};

/** A time with its unit, in milliseconds. A bare number is none: nobody can tell what it means. */
export const DURATION: ValueKind<number> = {
  placeholder: "TIME",
  description: "a time with its unit, such as 500ms, 30s, 5m or 1h (at most 596h)",
  parse: parseDuration,
};

/** A time with its unit, in milliseconds, or 0 for never. */
export const DURATION_OR_NEVER: ValueKind<number> = {
  placeholder: "TIME",
  description: `${DURATION.description}, or 0 for never`,
  parse: (text) => text === "0" ? 0 : DURATION.parse(text),
};

/** A number of bytes with its unit. */
export function size(least: number): ValueKind<number> {
  return {
    placeholder: "SIZE",
    description: `a size such as 512KiB, 8MiB or 1GiB, at least ${formatSize(least)}`,
    parse(text) {
      const bytes = parseSize(text);
      return bytes !== undefined && bytes >= least ? bytes : undefined;
    },
  };
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
