/**
 * A process of the load, as who started it sees it.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

/** The programs that make load, each a file in `load/`. */
export type LoadProgram = "asker" | "blaster" | "publishers" | "readers" | "sink";

/** A process of the load has ended before it had answered: what it was connected to may have cut it off. */
export class LoadEndedError extends Error {
  readonly code = "load_ended";

  constructor(program: LoadProgram) {
    super(`the load's ${program} ended`);
  }
}

/** It is given its options as it starts, then an order a line, and answers each with a line. */
export class LoadProcess<Order, Report> implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(private readonly program: LoadProgram, child: Deno.ChildProcess) {
    this.#child = child;
    this.#stdin = child.stdin.getWriter();
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Starts one, and waits until it is ready. */
  static async start<Options, Order, Report>(
    program: LoadProgram,
    options: Options,
  ): Promise<LoadProcess<Order, Report>> {
    const file = new URL(`./load/${program}.ts`, import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", file, JSON.stringify(options)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const load = new LoadProcess<Order, Report>(program, child);
    await load.#hear();
    return load;
  }

  /**
   * Gives an order and waits for its answer. One at a time.
   *
   * @throws {LoadEndedError}
   */
  async does(order: Order): Promise<Report> {
    const line = new TextEncoder().encode(`${JSON.stringify(order)}\n`);
    await this.#stdin.write(line).catch(() => {});
    return JSON.parse(await this.#hear());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that has ended is gone already.
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#lines.cancel();
    await this.#stdin.close().catch(() => {});
  }

  async #hear(): Promise<string> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new LoadEndedError(this.program);
    return value;
  }
}
