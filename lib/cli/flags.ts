/**
 * Reading a command line, strictly. `parseArgs` of the standard library takes unknown flags and
 * repeated ones in silence, makes numbers of texts and objects of dots; nothing of that comes
 * through here, and no other file uses it.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";
import type { Arguments, Command, Flag, Flags, Switch } from "./command.ts";
import type { ValueKind } from "./values.ts";

/** What a command line says. */
export interface CommandLine {
  /** The values of flags by name; `undefined` where one is not given and has no default. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A command line, cut at the name of its command. */
export interface NamedLine {
  /** The command's name; none where the line has none. */
  readonly name: string | undefined;
  /** All but the name. */
  readonly rest: readonly string[];
}

/**
 * Finds the command's name, which may stand behind flags that every command has.
 *
 * @throws {BusError} `usage`
 */
export function splitAtName(args: readonly string[], commonFlags: Flags): NamedLine {
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!isFlag(arg)) return { name: arg, rest: [...args.slice(0, at), ...args.slice(at + 1)] };
    const flag = declared(arg, commonFlags);
    if (flag && flag.kind !== "switch" && !arg.includes("=")) at++;
  }
  return { name: undefined, rest: args };
}

/**
 * Reads the flags and arguments of a command. Flags and arguments may stand in any order; behind
 * `--` all are arguments.
 *
 * @param args all but the command's name
 * @throws {BusError} `usage`: names what is wrong and what to do about it
 */
export function parseCommandLine(
  args: readonly string[],
  command: Pick<Command, "name" | "flags" | "arguments" | "usage">,
): CommandLine {
  const { flags } = command;
  const { flagTokens, words } = separate(args, flags);
  const parsed = parseFlags(flagTokens, command);
  const flagValues = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const given = parsed.get(name) ?? [];
      if (flag.kind !== "switch" && flag.repeated) {
        return [name, given.map((one) => flagValue(name, flag, one))];
      }
      if (given.length > 1) throw repeated(name, flag);
      return [name, flagValue(name, flag, given[0])];
    }),
  );
  if (flagValues.help || flagValues.version) return { flags: flagValues, arguments: {} };
  const values = argumentValues(words, command);
  return { flags: flagValues, arguments: values };
}

/**
 * The candidate that a word was probably meant to be; none where all are too different.
 */
export function meant(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const closest = closestString(word, candidates);
  const tolerance = Math.max(1, Math.floor(Math.min(word.length, closest.length) / 2));
  const isStart = word.length >= 2 && closest.startsWith(word);
  return isStart || levenshteinDistance(word, closest) <= tolerance ? closest : undefined;
}

/** A hint that names the candidate that was meant, else where to look. */
export function meantHint(candidate: string | undefined, look: string): string {
  return candidate === undefined ? `see: ${look}` : `did you mean ${candidate}?`;
}

/** `-` is stdin, and `-5` a number. */
function isFlag(arg: string): boolean {
  return /^-[^\d]/.test(arg);
}

function declared(arg: string, flags: Flags): Flag | Switch | undefined {
  const name = flagName(arg);
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

/** The name in a token such as `--types=a`. */
function flagName(arg: string): string {
  return arg.startsWith("--") ? arg.slice(2).replace(/=.*$/s, "") : "";
}

/**
 * Parts flags from arguments and ties values to their flags, so that nothing is left to guess: by
 * itself `parseArgs` takes the argument `true` behind a switch for its value, and loses empty ones.
 */
function separate(args: readonly string[], flags: Flags) {
  const flagTokens: string[] = [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      words.push(...args.slice(at + 1));
      break;
    }
    if (!isFlag(arg)) {
      words.push(arg);
      continue;
    }
    const flag = declared(arg, flags);
    if (flag?.kind === "switch" && arg.includes("=")) {
      throw new BusError("usage", `--${flagName(arg)} takes no value`);
    }
    if (flag === undefined || flag.kind === "switch" || arg.includes("=")) {
      flagTokens.push(arg);
      continue;
    }
    const next = args[++at];
    if (next === undefined || /^--|^-[A-Za-z]$/.test(next)) {
      const hint = next === undefined
        ? `give ${flag.kind.placeholder}`
        : `if ${printable(next, 40)} is meant: ${arg}=${printable(next, 40)}`;
      throw new BusError("usage", `${arg} needs a value`, hint);
    }
    flagTokens.push(`${arg}=${next}`);
  }
  return { flagTokens, words };
}

/** What was given for each flag, in order. */
function parseFlags(
  flagTokens: readonly string[],
  { name, flags }: Pick<Command, "name" | "flags">,
): Map<string, unknown[]> {
  const names = Object.keys(flags);
  const switches = names.filter((name) => flags[name]?.kind === "switch");
  const alias: Record<string, string> = {};
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.kind === "switch" && flag.short !== undefined) alias[name] = flag.short;
  }
  const parsed = parseArgs(flagTokens, {
    boolean: switches,
    string: [...names.filter((name) => !switches.includes(name)), "_"],
    collect: names,
    alias,
    unknown: (arg) => {
      throw unknownFlag(arg, names, name);
    },
  });
  return new Map(names.map((name) => [name, parsed[name] as unknown[]]));
}

function flagValue(name: string, flag: Flag | Switch, given: unknown): unknown {
  if (flag.kind === "switch") return given === true;
  if (given === undefined) return flag.default;
  return valueOf(`--${name}`, flag.kind, String(given));
}

function argumentValues(
  words: readonly string[],
  command: { name: string; arguments: Arguments; usage: readonly string[] },
): Record<string, unknown> {
  const specs = Object.entries(command.arguments);
  const surplus = words[specs.length];
  if (surplus !== undefined) {
    const hint = `usage: ${usageOf(command)}`;
    throw new BusError("usage", `one argument too many: "${printable(surplus, 60)}"`, hint);
  }
  return Object.fromEntries(specs.map(([name, { kind, required }], index) => {
    const word = words[index];
    if (word !== undefined) return [name, valueOf(kind.placeholder, kind, word)];
    if (required) throw missing(kind.placeholder, command);
    return [name, undefined];
  }));
}

function valueOf<T>(what: string, kind: ValueKind<T>, text: string): T {
  const value = kind.parse(text);
  if (value !== undefined) return value;
  const shown = text === "" ? "it is empty" : `not "${printable(text, 60)}"`;
  // Of an argument that can be one word alone the name is that word.
  const name = what === kind.description ? "the argument" : what;
  throw new BusError("usage", `${name} must be ${kind.description}: ${shown}`);
}

function usageOf({ name, usage }: { name: string; usage: readonly string[] }): string {
  return ["bus", name, usage[0] ?? ""].filter((word) => word !== "").join(" ");
}

function missing(what: string, command: { name: string; usage: readonly string[] }): BusError {
  return new BusError("usage", `${what} is missing`, `usage: ${usageOf(command)}`);
}

function repeated(name: string, flag: Flag | Switch): BusError {
  const isList = flag.kind !== "switch" && flag.kind.isList;
  const hint = isList ? `give one list: --${name} ${flag.kind.placeholder}` : undefined;
  return new BusError("usage", `--${name} is given more than once`, hint);
}

function unknownFlag(arg: string, names: readonly string[], command: string): BusError {
  const shown = arg.replace(/=.*$/s, "");
  const candidate = meant(shown.replace(/^-+/, ""), names);
  const look = `bus ${command}`.trimEnd();
  const hint = candidate === undefined && !shown.startsWith("--")
    ? "if it is no flag, put -- before it"
    : meantHint(candidate && `--${candidate}`, `${look} --help`);
  return new BusError("usage", `unknown flag ${printable(shown, 60)}`, hint);
}
