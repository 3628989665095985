/**
 * Processes that live on by themselves.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** Characters that are kept of what a process says: reasons are short, and stand at the end. */
const KEPT_LENGTH = 4096;

/**
 * Raises the limit of descriptors as far as the system allows, which a compiled program does not do
 * by itself, and becomes the program. `BUS_STARTED` is the pid that it then has, so that a process
 * can tell itself from its children.
 */
const BECOME = 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; BUS_STARTED=$$; export BUS_STARTED; ' +
  'exec "$0" "$@"';

/** Variables by which a service manager speaks to one process, which is not the one started here. */
const NOT_PASSED_ON = [
  "NOTIFY_SOCKET",
  "LISTEN_FDS",
  "LISTEN_PID",
  "LISTEN_FDNAMES",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
];

/** Whether this process was started by {@linkcode DetachedProcess}. */
export function isStartedDetached(
  env: { get(name: string): string | undefined } = Deno.env,
  pid: number = Deno.pid,
): boolean {
  return env.get("BUS_STARTED") === String(pid);
}

/**
 * A process in a session of its own, in the root directory: neither a Ctrl-C in the terminal of the
 * one who started it nor that one's end concerns it. What it says on stderr is heard until it is let
 * go; its stdin and stdout lead nowhere.
 */
export class DetachedProcess {
  readonly #child: ChildProcess;
  readonly #stderr: Readable | null;
  #said = "";
  #isOver = false;
  #waiting: (() => void)[] = [];

  /** @param command the program, by path or name, and its arguments */
  constructor(command: readonly string[]) {
    const env = Deno.env.toObject();
    for (const name of NOT_PASSED_ON) delete env[name];
    this.#child = spawn("/bin/sh", ["-c", BECOME, ...command], {
      cwd: "/",
      detached: true,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#stderr = this.#child.stderr;
    this.#stderr?.setEncoding("utf8");
    this.#stderr?.on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT_LENGTH);
      this.#tell();
    });
    this.#child.once("error", (error) => {
      this.#said += `${error.message}\n`;
      this.#end();
    });
    // It has ended, and all that it said has been heard.
    this.#child.once("close", () => this.#end());
  }

  /** Its process; none where it could not even be begun. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it has said on stderr, or the end of that. */
  get said(): string {
    return this.#said;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it says something, ends, or is let go; at once if it has ended. */
  async sign(): Promise<void> {
    if (!this.#isOver) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hears no more of it, and does not keep this process running for it. */
  letGo(): void {
    this.#stderr?.destroy();
    this.#child.unref();
    this.#tell();
  }

  #end(): void {
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
