/**
 * The lines that a command writes.
 *
 * @module
 */

import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { printable } from "../platform/printable.ts";
import { commandWords, type ProcessEnd, ProcessGroup } from "../platform/process_group.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { type InputLine, readLines } from "../protocol/input_lines.ts";
import { drained, Patience } from "./exec/drained.ts";
import { JsonLines } from "./json_lines.ts";
import type { CommonSettings } from "./settings.ts";
import type { Run, Secret, Source, SourceContext } from "./source.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";

/** Milliseconds that a command has to end after a SIGTERM, before it gets a SIGKILL. */
const GRACE_MS = 5_000;

/** Lines of stderr that are said in a second; of more the log says how many there were. */
const TALK_A_SECOND = 50;

/** Characters of such a line that are held. The log says fewer, once it has struck out the secrets. */
const LONGEST_TALK = 4_096;

const LINE_FEED = 0x0a;

/** What a command is run by. */
export interface ExecSettings extends CommonSettings {
  /** Always `exec`. */
  readonly kind: "exec";
  /** For the shell, or word by word. */
  readonly command: string | readonly string[];
  /** What a line is: one JSON text, or a part of one, any text, or a whole event; JSON if absent. */
  readonly format?: TextFormat;
  /** Where it runs; where the hub does if absent. */
  readonly directory?: string;
  /** Variables beside those of the hub. */
  readonly environment?: Readonly<Record<string, Secret>>;
}

/**
 * Opens a command as a source. It runs in a process group of its own, all of which ends with it or
 * with the run. What it writes to stderr goes to the log.
 *
 * @throws {BusError} `bad_input`: a secret of its environment is missing
 */
export function openExec(
  settings: ExecSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  const { command, format = "json", directory, environment = {} } = settings;
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, secret]) => [name, context.secret(secret)]),
  );
  return {
    async *run(signal: AbortSignal): Run {
      const group = start(commandWords(command), env, directory);
      let ending: Promise<void> | undefined;
      const end = () => ending ??= group.end(clocks, GRACE_MS);
      // With the command ends what it has left behind.
      const gone = group.status.then(end);
      const stopped = Promise.withResolvers<void>();
      const patience = () => new Patience(clocks, gone, stopped.promise);
      const talk = tellTalk(drained(group.stderr, patience()), context);
      const onAbort = () => void end().then(stopped.resolve);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      try {
        yield { state: "connected", detail: `pid ${group.pid}` };
        const skip = (fault: BusError) => context.log("line", `${fault.message}: it is left out`);
        const lines = readLines(outputOf(group, patience(), context), skip);
        for await (const texts of format === "json" ? jsonIn(lines, context) : textsIn(lines)) {
          if (texts.length > 0) yield { findings: texts.map((text) => findingOf(text, format)) };
        }
      } catch (error) {
        // How it ended was not its own choice then.
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", onAbort);
        await end();
        await talk;
      }
    },
  };
}

async function* textsIn(lines: AsyncIterable<InputLine[]>): AsyncGenerator<string[], void, void> {
  for await (const some of lines) yield some.map(({ text }) => text);
}

/** JSON may stand in several lines. Of a command that fails what is not whole is left out. */
async function* jsonIn(
  lines: AsyncIterable<InputLine[]>,
  context: SourceContext,
): AsyncGenerator<string[], void, void> {
  const json = new JsonLines();
  try {
    for await (const texts of textsIn(lines)) yield json.take(texts);
  } catch (error) {
    if (json.end().length > 0) context.log("line", "a last text without its end was left out");
    throw error;
  }
  yield json.end();
}

function start(
  words: readonly string[],
  env: Record<string, string>,
  directory: string | undefined,
): ProcessGroup {
  try {
    const where = directory === undefined ? {} : { directory };
    return ProcessGroup.start({ words, env, ...where, stdout: "piped", stderr: "piped" });
  } catch (error) {
    const reason = `cannot run ${printable(words[0] ?? "")}: ${systemReason(error)}`;
    throw new BusError("failed", reason);
  }
}

/**
 * What the command writes, to the end.
 *
 * @throws {BusError} `failed`: it did not end well. So a last line that is not whole is left out then
 */
async function* outputOf(
  group: ProcessGroup,
  patience: Patience,
  context: SourceContext,
): AsyncGenerator<Uint8Array, void, void> {
  let isWithinLine = false;
  for await (const chunk of drained(group.stdout, patience)) {
    isWithinLine = chunk.at(-1) !== LINE_FEED;
    yield chunk;
  }
  const failure = failureOf(await group.status);
  if (failure === undefined) return;
  if (isWithinLine) context.log("line", "a last line without its end was left out");
  throw new BusError("failed", failure);
}

function failureOf({ code, signal }: ProcessEnd): string | undefined {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? undefined : `it ended with exit code ${code}`;
}

/** Says in the log what a command says, line by line, also what of it is not UTF-8. */
async function tellTalk(
  stderr: AsyncIterable<Uint8Array>,
  context: SourceContext,
): Promise<void> {
  const decoder = new TextDecoder();
  const tell = (line: string) => {
    const text = line.length > LONGEST_TALK ? `${line.slice(0, LONGEST_TALK)}…` : line;
    if (/\S/.test(text)) context.log("stderr", text.replace(/\r$/, ""), TALK_A_SECOND);
  };
  let unended = "";
  for await (const chunk of stderr) {
    const lines = (unended + decoder.decode(chunk, { stream: true })).split("\n");
    // One character more says that it was cut.
    unended = (lines.pop() ?? "").slice(0, LONGEST_TALK + 1);
    lines.forEach(tell);
  }
  tell(unended + decoder.decode());
}
