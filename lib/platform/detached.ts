/**
 * Processes that live on by themselves.
 *
 * @module
 */

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
  readonly #child: Deno.ChildProcess;
  readonly #stderr: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #said = "";
  #isOver = false;
  #waiting: (() => void)[] = [];

  /**
   * Starts one. That the program cannot be run it says itself, on stderr.
   *
   * @param command the program, by path or name, and its arguments
   * @throws what the system says where not even a shell can be run
   */
  constructor(command: readonly string[]) {
    const env = Deno.env.toObject();
    for (const name of NOT_PASSED_ON) delete env[name];
    // Not by `node:child_process`: that takes an argument which is the path of this program for a
    // wish to run Node, and adds flags.
    this.#child = new Deno.Command("/bin/sh", {
      args: ["-c", BECOME, ...command],
      clearEnv: true,
      cwd: "/",
      detached: true,
      env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#stderr = this.#child.stderr.getReader();
    void this.#listen();
  }

  /** Its process. */
  get pid(): number {
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
    this.#stderr.cancel().catch(() => {});
    this.#child.unref();
    this.#tell();
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#stderr.read();
      if (done) break;
      this.#said = (this.#said + decoder.decode(value, { stream: true })).slice(-KEPT_LENGTH);
      this.#tell();
    }
    await this.#child.status;
    this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
