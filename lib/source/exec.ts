/**
 * The lines that a command writes.
 *
 * @module
 */

import { SYSTEM_CLOCKS } from "../platform/clocks.ts";
import { printable } from "../platform/printable.ts";
import { commandWords, type ProcessEnd, ProcessGroup } from "../platform/process_group.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { readLines } from "../protocol/input_lines.ts";
import type { CommonSettings } from "./settings.ts";
import type { Run, Secret, Source, SourceContext } from "./source.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";

/** Milliseconds that a command has to end after a SIGTERM, before it gets a SIGKILL. */
const GRACE_MS = 5_000;

/** Milliseconds that stdout may be silent once the command is gone and somebody else holds it. */
const HELD_MS = 1_000;

const LINE_FEED = 0x0a;

/** What a command is run by. */
export interface ExecSettings extends CommonSettings {
  /** Always `exec`. */
  readonly kind: "exec";
  /** For the shell, or word by word. */
  readonly command: string | readonly string[];
  /** What a line is: one JSON text, any text, or a whole event; JSON if absent. */
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
export function openExec(settings: ExecSettings, context: SourceContext): Source {
  const { command, format = "json", directory, environment = {} } = settings;
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, secret]) => [name, context.secret(secret)]),
  );
  return {
    async *run(signal: AbortSignal): Run {
      const group = start(commandWords(command), env, directory);
      let ending: Promise<void> | undefined;
      const end = () => ending ??= group.end(SYSTEM_CLOCKS, GRACE_MS);
      // With the command ends what it has left behind.
      const gone = group.status.then(end);
      const talk = tellTalk(drained(group.stderr, gone), context);
      const onAbort = () => void end();
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      try {
        yield { state: "connected", detail: `pid ${group.pid}` };
        const skip = (fault: BusError) => context.log("line", `${fault.message}: it is left out`);
        for await (const lines of readLines(outputOf(group, gone, context), skip)) {
          yield { findings: lines.map(({ text }) => findingOf(text, format)) };
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
  gone: Promise<void>,
  context: SourceContext,
): AsyncGenerator<Uint8Array, void, void> {
  let isWithinLine = false;
  for await (const chunk of drained(group.stdout, gone)) {
    isWithinLine = chunk.at(-1) !== LINE_FEED;
    yield chunk;
  }
  const failure = failureOf(await group.status);
  if (failure === undefined) return;
  if (isWithinLine) context.log("line", "a last line without its end was left out");
  throw new BusError("failed", failure);
}

/**
 * A pipe's bytes until nobody can write any more; or, once the group is gone, until nothing comes: who
 * made a session of its own may hold on to the pipe for ever.
 */
async function* drained(
  stream: ReadableStream<Uint8Array>,
  gone: Promise<void>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  let isGone = false;
  const noted = gone.then(() => void (isGone = true));
  try {
    for (;;) {
      const reading = reader.read();
      await Promise.race([reading, noted]);
      const callOff = isGone ? SYSTEM_CLOCKS.after(HELD_MS, () => void reader.cancel()) : () => {};
      const { value, done } = await reading.finally(callOff);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function failureOf({ code, signal }: ProcessEnd): string | undefined {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === 0 ? undefined : `it ended with exit code ${code}`;
}

/** Lines that came together are one of the log. */
async function tellTalk(
  stderr: AsyncIterable<Uint8Array>,
  context: SourceContext,
): Promise<void> {
  for await (const lines of readLines(stderr, () => {})) {
    context.log("stderr", lines.map(({ text }) => text).join("\n"));
  }
}
