/**
 * The commands that set a key up and clean it up.
 *
 * @module
 */

import type { SystemClocks } from "../platform/clocks.ts";
import { commandWords, type ProcessEnd, ProcessGroup } from "../platform/process_group.ts";
import { printable } from "../platform/printable.ts";
import { shellWord } from "../platform/shell_word.ts";
import { systemReason } from "../platform/system_reason.ts";
import { BusError } from "../protocol/errors.ts";
import { brokenOffLine, type KeyTask, taskDoneLine, taskLine } from "./hub_lines.ts";
import type { CommandText } from "./key_settings.ts";
import type { Output } from "./output.ts";

/** Milliseconds after which a command gets a SIGTERM. */
export const COMMAND_MS = 20_000;

/** Milliseconds after which it gets a SIGKILL. A hello that waits for the key gives up after 30 s. */
export const KILL_MS = 25_000;

/** Runs a command with its stdout on the stderr of this process: on stdout there is data. */
const ON_STDERR = ["/bin/sh", "-c", 'exec "$0" "$@" >&2'];

/** What to run, and for which key. */
export interface KeyCommandOptions {
  readonly task: KeyTask;
  readonly key: string;
  readonly command: CommandText;
  /** The hub's socket, which is the command's `$BUS_SOCKET`. */
  readonly socket: string;
  readonly output: Pick<Output, "say" | "end" | "isTalkBroken">;
  readonly clocks: SystemClocks;
}

/**
 * A command that sets a key up or cleans it up, with the key in `$BUS_KEY`. It has a process group of
 * its own: a Ctrl-C in the terminal is for the consumer to understand.
 */
export class KeyCommand {
  readonly #options: KeyCommandOptions;
  #group: ProcessGroup | undefined;

  constructor(options: KeyCommandOptions) {
    this.#options = options;
  }

  /** Whether it runs now. */
  get isRunning(): boolean {
    return this.#group !== undefined;
  }

  /**
   * Runs it to its end, and says so. Of one that fails, or is broken off, nothing is left running.
   *
   * @param signal breaks it off; one that ends well in spite of that is done
   * @throws {BusError} `failed`: its exit code is not 0, a signal ended it, it took too long, or it
   * could not be started
   * @throws the signal's reason where it was broken off
   */
  async run(signal?: AbortSignal): Promise<void> {
    const { task, key, command, output, clocks } = this.#options;
    const start = clocks.monotonic();
    output.say(taskLine(task, key, shown(command)));
    // What the command says comes after that.
    await output.end();
    signal?.throwIfAborted();
    const group = this.#start();
    this.#group = group;
    try {
      const cut = await this.#endOrCut(group, signal);
      if (cut !== undefined) await group.end(clocks, KILL_MS - COMMAND_MS);
      const end = await group.status;
      if (cut === "late") throw this.#failure(`took longer than ${COMMAND_MS / 1000} s`);
      if (cut === "broken off" && end.code !== 0) {
        output.say(brokenOffLine(task, key));
        signal?.throwIfAborted();
      }
      if (end.code !== 0) {
        await group.end(clocks, KILL_MS - COMMAND_MS);
        throw this.#failure(`failed: ${howItEnded(end)}`);
      }
    } finally {
      this.#group = undefined;
    }
    output.say(taskDoneLine(task, key, clocks.monotonic() - start));
  }

  /** Ends it at once, if it runs. */
  kill(): void {
    this.#group?.kill();
  }

  #start(): ProcessGroup {
    const { key, command, socket, output } = this.#options;
    // Where nobody reads it the first word that it says would end it.
    const talk = output.isTalkBroken ? "null" : "inherit";
    try {
      return ProcessGroup.start({
        words: [...ON_STDERR, ...commandWords(command)],
        env: { BUS_KEY: key, BUS_SOCKET: socket },
        stdout: talk,
        stderr: talk,
      });
    } catch (error) {
      throw this.#failure(`failed: ${systemReason(error)}`);
    }
  }

  /** Resolves when it has ended, or is to be ended: with why. */
  async #endOrCut(
    group: ProcessGroup,
    signal: AbortSignal | undefined,
  ): Promise<"late" | "broken off" | undefined> {
    const cut = Promise.withResolvers<"late" | "broken off">();
    const callOff = this.#options.clocks.after(COMMAND_MS, () => cut.resolve("late"));
    const breakOff = () => cut.resolve("broken off");
    signal?.addEventListener("abort", breakOff);
    if (signal?.aborted) breakOff();
    try {
      return await Promise.race([group.status.then(() => undefined), cut.promise]);
    } finally {
      callOff();
      signal?.removeEventListener("abort", breakOff);
    }
  }

  #failure(what: string): BusError {
    return new BusError(
      "failed",
      `${this.#options.task} of ${printable(this.#options.key)} ${what}`,
    );
  }
}

function howItEnded({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${code}` : `${signal} ended it`;
}

function shown(command: CommandText): string {
  return typeof command === "string" ? command : command.map(shellWord).join(" ");
}
