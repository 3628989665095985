/**
 * What a command is: one definition from which parsing and help come.
 *
 * @module
 */

import type { HubChoice, HubPaths } from "../platform/paths.ts";
import type { Output } from "./output.ts";
import type { StandardInput } from "./input.ts";
import type { ValueKind } from "./values.ts";

/** A flag that takes a value. */
export interface Flag<T = unknown> {
  readonly kind: ValueKind<T>;
  readonly description: string;
  /** Its value where it is not given. */
  readonly default?: T;
  /** The default as it would be typed. */
  readonly defaultText?: string;
  /** It may be given more than once: its values in order, none where it is not given. */
  readonly repeated?: true;
}

/** A flag without a value. */
export interface Switch {
  readonly kind: "switch";
  /** One letter. */
  readonly short?: string;
  readonly description: string;
}

/** The flags of a command by their names, without dashes. */
export type Flags = { readonly [name: string]: Flag | Switch };

/** What stands without a flag. */
export interface Argument<T = unknown> {
  readonly kind: ValueKind<T>;
  readonly description: string;
  /** It must be given. */
  readonly required?: true;
}

/** The arguments of a command by their names, in order. */
export type Arguments = { readonly [name: string]: Argument };

type ValueOf<Spec> = Spec extends { kind: "switch" } ? boolean
  : Spec extends { kind: ValueKind<infer T>; repeated: true } ? readonly T[]
  : Spec extends { kind: ValueKind<infer T> }
    ? Spec extends { required: true } | { default: unknown } ? T : T | undefined
  : never;

/** The values of flags or arguments, by their names. */
export type Values<Specs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

/** What a command is given to run. */
export interface Invocation<F = Flags, A = Arguments> {
  readonly flags: Values<F>;
  readonly arguments: Values<A>;
  /** Which hub is meant, as it was typed. */
  readonly hub: HubChoice;
  /** Where the files of that hub lie. Throws where no hub can be meant. */
  readonly paths: HubPaths;
  readonly output: Output;
  readonly input: StandardInput;
}

/** A command's definition. */
export interface CommandSpec<F, A> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More, for its own help: lines of at most 80 columns. */
  readonly details?: readonly string[];
  /** The ways to write it, without `bus` and its name. */
  readonly usage: readonly string[];
  readonly arguments: A;
  readonly flags: F;
  /** Whether it needs a hub to speak to. */
  readonly needsHub: boolean;
  /** Carries it out and returns the exit code. Its module is loaded then, and not before. */
  run(invocation: Invocation<F, A>): Promise<number>;
}

/** A command of which nothing is known but that it is one. */
export type Command = CommandSpec<Flags, Arguments>;

/** Gives a definition its types, so that its program sees the values that it declares. */
export function command<const F extends Flags, const A extends Arguments>(
  spec: CommandSpec<F, A>,
): Command {
  // The parser makes the values by this very definition, so they are of these types.
  return spec as unknown as Command;
}
