/**
 * Processes that hold the lock of a hub and do nothing else.
 *
 * @module
 */

import type { HubPaths } from "../../lib/platform/paths.ts";

/** How one behaves. */
export interface Behaviour {
  /** Goes on after a SIGTERM. */
  readonly deaf?: boolean;
}

const PROGRAM = `
  const [path, deaf] = Deno.args;
  const file = await Deno.open(path, { create: true, read: true, write: true });
  if (deaf === "deaf") Deno.addSignalListener("SIGTERM", () => console.log("SIGTERM"));
  console.log(await file.tryLock(true) ? "held" : "not held");
  setInterval(() => {}, 1000);`;

/** A process that holds a hub's lock, until it is killed or disposed of. */
export class LockHolder implements AsyncDisposable {
  readonly pid: number;
  /** What it says, line by line. */
  readonly lines: AsyncGenerator<string, void, void>;
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.pid = process.pid;
    this.lines = linesOf(process.stdout);
  }

  /** Starts one; it holds the lock. */
  static async start({ lock }: HubPaths, { deaf }: Behaviour = {}): Promise<LockHolder> {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["eval", PROGRAM, lock, deaf ? "deaf" : "obedient"],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const holder = new LockHolder(process);
    const { value } = await holder.lines.next();
    if (value === "held") return holder;
    await holder[Symbol.asyncDispose]();
    throw new Error(`the lock is ${value}`);
  }

  /** How it ended. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    await this.lines.return();
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void, void> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
