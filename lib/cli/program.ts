/**
 * The program: from the words of a command line to an exit code.
 *
 * @module
 */

import { hubPaths } from "../platform/paths.ts";
import { printable } from "../platform/printable.ts";
import { thisIsBus } from "../platform/program.ts";
import { VERSION } from "../platform/version.ts";
import { BusError } from "../protocol/errors.ts";
import type { Command, Flags } from "./command.ts";
import { COMMON_FLAGS } from "./command_lines.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit.ts";
import { describeFailure } from "./failure.ts";
import { meant, meantHint, parseCommandLine, splitAtName } from "./flags.ts";
import { commandHelp, programHelp } from "./help.ts";
import { StandardInput } from "./input.ts";
import { Output } from "./output.ts";

/**
 * Carries out one command line. Never rejects: what goes wrong is said on stderr, in one line.
 *
 * @returns the exit code
 */
export async function runProgram(
  args: readonly string[],
  output: Output = new Output(),
): Promise<number> {
  thisIsBus();
  const astray = watchForAstray();
  let exit: number;
  try {
    exit = await Promise.race([dispatch(args, output), astray.error]);
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.text !== undefined) output.sayError(failure.text);
    exit = failure.exit;
  }
  await output.end();
  astray.forget();
  return exit;
}

async function dispatch(args: readonly string[], output: Output): Promise<number> {
  const { name, rest } = splitAtName(withoutHelpCommand(args), COMMON_FLAGS);
  if (name === undefined) return await runWithoutCommand(rest, output);
  const command = COMMANDS.find((command) => command.name === name);
  if (command === undefined) throw unknownCommand(name);
  const flags: Flags = { ...command.flags, ...COMMON_FLAGS };
  const line = parseCommandLine(rest, { ...command, flags });
  if (line.flags.help) return await print(commandHelp(command, COMMON_FLAGS), output);
  if (line.flags.version) return await print(`bus ${VERSION}\n`, output);
  const { socket, name: hubName } = line.flags as { socket?: string; name?: string };
  const hub = { socket, name: hubName };
  const input = new StandardInput();
  return await command.run({
    ...line,
    hub,
    get paths() {
      return hubPaths(hub);
    },
    output,
    input,
  });
}

/** `bus help consume` is `bus consume --help`. */
function withoutHelpCommand(args: readonly string[]): readonly string[] {
  const { name, rest } = splitAtName(args, COMMON_FLAGS);
  return name === "help" ? [...rest, "--help"] : args;
}

async function runWithoutCommand(args: readonly string[], output: Output): Promise<number> {
  const program: Pick<Command, "name" | "flags" | "arguments" | "usage"> = {
    name: "",
    flags: COMMON_FLAGS,
    arguments: {},
    usage: ["COMMAND"],
  };
  const { flags } = parseCommandLine(args, program);
  if (flags.version) return await print(`bus ${VERSION}\n`, output);
  const help = programHelp(COMMANDS, COMMON_FLAGS);
  if (flags.help) return await print(help, output);
  for (const line of help.trimEnd().split("\n")) output.say(line);
  return EXIT.usage;
}

async function print(text: string, output: Output): Promise<number> {
  await output.print(text);
  return EXIT.done;
}

function unknownCommand(name: string): BusError {
  const candidate = meant(name, COMMANDS.map(({ name }) => name));
  const hint = meantHint(candidate && `bus ${candidate}`, "bus --help");
  return new BusError("usage", `unknown command "${printable(name, 60)}"`, hint);
}

/** Rejects when something fails that nobody waits for: it must end the program all the same. */
function watchForAstray(): { error: Promise<never>; forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reject(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reject(event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return {
    error: promise,
    forget() {
      removeEventListener("unhandledrejection", onRejection);
      removeEventListener("error", onError);
    },
  };
}
