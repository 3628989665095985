/**
 * The parts of the Deno standard library that bus uses. Its npm form (`deno-std`) ships no types;
 * these are the ones of the modules of the same names, cut to what is used here.
 */

declare module "@std/streams/text-line-stream" {
  /** Cuts a stream of text into lines ended by `\n` or `\r\n`; an unended last line is one too. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
}

declare module "@std/cli/parse-args" {
  export interface ParseArgsOptions {
    boolean?: readonly string[];
    string?: readonly string[];
    collect?: readonly string[];
    alias?: Record<string, string | readonly string[]>;
    stopEarly?: boolean;
    "--"?: boolean;
    /** Called for each argument that no option declares; `key` is absent for a positional one. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  export type Args = { _: (string | number)[]; "--"?: string[] } & Record<string, unknown>;
  export function parseArgs(args: readonly string[], options?: ParseArgsOptions): Args;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    binary?: boolean;
    minimumFractionDigits?: number;
    maximumFractionDigits?: number;
  }
  export function format(bytes: number, options?: FormatOptions): string;
}

declare module "@std/fmt/colors" {
  export function setColorEnabled(enabled: boolean): void;
  export function getColorEnabled(): boolean;
  export function bold(text: string): string;
  export function dim(text: string): string;
  export function red(text: string): string;
  export function green(text: string): string;
  export function yellow(text: string): string;
  export function cyan(text: string): string;
  export function stripAnsiCode(text: string): string;
}

declare module "@std/fmt/duration" {
  export function format(
    milliseconds: number,
    options?: { style?: "narrow" | "digital" | "full"; ignoreZero?: boolean },
  ): string;
}

declare module "@std/path/posix/resolve" {
  /** Puts paths one after the other, from the last absolute one on, without `.`, `..` and `//`. */
  export function resolve(...paths: string[]): string;
}

declare module "@std/text/closest-string" {
  /** The candidate that differs least from the word. */
  export function closestString(word: string, candidates: readonly string[]): string;
}

declare module "@std/text/levenshtein-distance" {
  /** How many characters must be put in, left out or replaced to make one word of the other. */
  export function levenshteinDistance(one: string, other: string): number;
}

declare module "@std/assert" {
  export class AssertionError extends Error {}
  type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertFalse(condition: unknown, message?: string): asserts condition is false;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): void;
  export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    message?: string,
  ): void;
  export function assertGreater<T>(actual: T, expected: T, message?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertLess<T>(actual: T, expected: T, message?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertObjectMatch(
    actual: object,
    expected: Record<PropertyKey, unknown>,
    message?: string,
  ): void;
  export function assertInstanceOf<C extends abstract new (...args: never[]) => unknown>(
    actual: unknown,
    expected: C,
    message?: string,
  ): asserts actual is InstanceType<C>;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    errorClass?: ErrorClass<E>,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    errorClass?: ErrorClass<E>,
    messageIncludes?: string,
  ): Promise<E>;
  export function fail(message?: string): never;
}
