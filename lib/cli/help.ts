/**
 * Help, rendered from the table of commands.
 *
 * @module
 */

import { blocks } from "./blocks.ts";
import type { Arguments, Command, Flags } from "./command.ts";
import { EXIT_CODES, type ExitCode } from "./exit.ts";

/** The help of the program: every command, the flags that all have, the exit codes. */
export function programHelp(commands: readonly Command[], commonFlags: Flags): string {
  return blocks([
    ["bus: a local event bus"],
    section("Usage", ["bus COMMAND [ARGUMENTS] [FLAGS]", "bus COMMAND --help"]),
    section("Commands", columns(commands.map(({ name, summary }) => [name, summary]))),
    section("Flags of every command", flagLines(commonFlags)),
    section("Exit codes", exitLines(EXIT_CODES)),
  ]);
}

/** The help of one command. */
export function commandHelp(command: Command, commonFlags: Flags): string {
  const { name, summary, details = [], usage, needsHub } = command;
  const exits = EXIT_CODES.filter((exit) =>
    (exit.flag === undefined || Object.hasOwn(command.flags, exit.flag)) &&
    (!exit.needsHub || needsHub)
  );
  return blocks([
    [`bus ${name}: ${summary}`],
    section("Usage", usage.map((line) => `bus ${name} ${line}`)),
    details,
    section("Arguments", argumentLines(command.arguments)),
    section("Flags", flagLines(command.flags)),
    section("Flags of every command", flagLines(commonFlags)),
    section("Exit codes", exitLines(exits)),
  ]);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function argumentLines(specs: Arguments): string[] {
  return columns(Object.values(specs).map((spec) => [spec.kind.placeholder, spec.description]));
}

function flagLines(flags: Flags): string[] {
  return columns(
    Object.entries(flags).map(([name, flag]) => {
      if (flag.kind === "switch") {
        return [flag.short ? `--${name}, -${flag.short}` : `--${name}`, flag.description];
      }
      const note = flag.defaultText === undefined ? "" : ` (default ${flag.defaultText})`;
      return [`--${name} ${flag.kind.placeholder}`, flag.description + note];
    }),
  );
}

function exitLines(exits: readonly ExitCode[]): string[] {
  return columns(exits.map(({ code, meaning }) => [code, meaning]));
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `${first.padEnd(width)}  ${second}`);
}
