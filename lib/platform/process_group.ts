/**
 * Child processes in a process group of their own.
 *
 * @module
 */

import process from "node:process";
import type { SystemClocks } from "./clocks.ts";
import { within } from "./within.ts";

/** The shell that runs a command given as one text. */
const SHELL = "/bin/sh";

/** Milliseconds between two looks whether anything of a group is left. */
const LOOK_MS = 20;

/** What to start, and where its output goes. Its stdin is empty. */
export interface ProcessGroupOptions {
  /** The program, by path or name, and its arguments. */
  words: readonly string[];
  /** Variables beside those of this process. */
  env?: Record<string, string>;
  /** Where it runs; in the directory of this process where none is given. */
  directory?: string;
  /** Where what it writes on stdout goes. */
  stdout: "piped" | "inherit" | "null";
  /** The same for stderr. */
  stderr: "piped" | "inherit" | "null";
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The program and arguments of a command: a text is for the shell, words are run as they are. */
export function commandWords(command: string | readonly string[]): readonly string[] {
  return typeof command === "string" ? [SHELL, "-c", command] : command;
}

/**
 * A child in a session and a process group of its own: a Ctrl-C in the terminal does not reach it,
 * and a signal reaches all that it has started, but what made a group of its own.
 */
export class ProcessGroup {
  /** Its process, and the number of its group. */
  readonly pid: number;
  /** Resolves when the child itself has ended; others of its group may go on. Never rejects. */
  readonly status: Promise<ProcessEnd>;
  readonly #child: Deno.ChildProcess;
  /** The child has ended and its pid is free: a process of that number is another one. */
  #isReaped = false;

  /**
   * Starts one.
   *
   * @throws what the system says where the program cannot be run
   */
  static start(options: ProcessGroupOptions): ProcessGroup {
    return new ProcessGroup(options);
  }

  private constructor({ words, env, directory, stdout, stderr }: ProcessGroupOptions) {
    const [program = SHELL, ...args] = words;
    this.#child = new Deno.Command(program, {
      args,
      ...(env ? { env } : {}),
      ...(directory === undefined ? {} : { cwd: directory }),
      detached: true,
      stdin: "null",
      stdout,
      stderr,
    }).spawn();
    this.pid = this.#child.pid;
    this.status = this.#watch();
  }

  /** What it writes on stdout, where that is piped. It must be read to its end, or cancelled. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** The same for stderr. */
  get stderr(): ReadableStream<Uint8Array> {
    return this.#child.stderr;
  }

  /** Asks all of the group to end, by SIGTERM. Does nothing where none is left. */
  terminate(): void {
    this.#signal("SIGTERM");
  }

  /** Ends all of the group, by SIGKILL. Does nothing where none is left. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  /**
   * Ends all of the group: by SIGTERM, and what is left of it after a time by SIGKILL. Resolves when
   * the child has ended and nothing of its group is left, or is about to be.
   *
   * @param graceMs milliseconds between the two
   */
  async end(clocks: SystemClocks, graceMs: number): Promise<void> {
    const over = clocks.monotonic() + graceMs;
    this.terminate();
    await within(clocks, graceMs, this.status);
    while (clocks.monotonic() < over && this.#signal(0) && await hasLiving(this.pid)) {
      await new Promise<void>((resolve) => clocks.after(LOOK_MS, resolve));
    }
    this.kill();
    await this.status;
  }

  async #watch(): Promise<ProcessEnd> {
    const { code, signal } = await this.#child.status;
    this.#isReaped = true;
    return { code: signal === null ? code : null, signal };
  }

  /** Whether there was anybody to take it. */
  #signal(signal: "SIGTERM" | "SIGKILL" | 0): boolean {
    // The number of a group is not given to a process anew while anything of the group is left.
    if (this.#isReaped && send(this.pid, 0)) return false;
    return send(-this.pid, signal);
  }
}

/**
 * Whether a process of a group still runs. One that is dead belongs to it until somebody has waited
 * for it, and where its parent has gone that may take long, or for ever.
 */
async function hasLiving(group: number): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir("/proc")) {
      if (/^\d+$/.test(name) && await isLivingOf(group, name)) return true;
    }
    return false;
  } catch {
    // This system does not say.
    return true;
  }
}

async function isLivingOf(group: number, pid: string): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // `<pid> (<program>) <state> <parent> <group> …`, the program's name as it is.
    const [, state = "Z", of] = /^.*\) (\S) \d+ (\d+) /s.exec(stat) ?? [];
    return Number(of) === group && state !== "Z" && state !== "X";
  } catch {
    // It has ended since.
    return false;
  }
}

/** Not by `Deno.kill`: that cannot ask whether there is a process at all. */
function send(pid: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // There is none, or none that is this user's.
    return false;
  }
}
