/**
 * Drives the program from source as somebody does who types: words in, two streams and an exit code
 * out. What the compiled program does is tested in `tests/e2e`.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";

const ROOT = new URL("../../", import.meta.url);

/** Milliseconds after which a program that should have ended is ended. */
const PATIENCE_MS = 20_000;

/** What a program left behind. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** One run of `bus`. */
export class Bus implements AsyncDisposable {
  stdout = "";
  stderr = "";
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #reading: Promise<unknown>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #code: number | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(args: readonly string[], socket: string, stdin: "piped" | "null" = "null") {
    const directory = dirname(socket);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", new URL("main.ts", ROOT).pathname, ...args],
      env: {
        BUS_SOCKET: socket,
        NO_COLOR: "",
        // Not even a mistake may touch the hubs and logs of who runs the tests.
        XDG_RUNTIME_DIR: directory,
        XDG_STATE_HOME: directory,
      },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdin = stdin === "piped" ? this.#child.stdin.getWriter() : undefined;
    this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    this.#reading = Promise.all([
      this.#read(this.#child.stdout, (text) => this.stdout += text),
      this.#read(this.#child.stderr, (text) => this.stderr += text),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Gives it a text on stdin; without more to come that ends. */
  async type(text: string, { more = false } = {}): Promise<void> {
    // A program that has ended takes nothing more.
    await this.#stdin?.write(new TextEncoder().encode(text)).catch(() => {});
    if (!more) await this.#stdin?.close().catch(() => {});
  }

  /** Waits until it has said something. */
  async says(what: string | RegExp): Promise<void> {
    const isSaid = () => typeof what === "string" ? this.#all.includes(what) : what.test(this.#all);
    while (!isSaid()) {
      if (this.#code !== undefined) throw new Error(`ended without ${what}: ${this.#all}`);
      await this.#changed.promise;
    }
  }

  async ends(): Promise<Outcome> {
    await this.#reading;
    const { code } = await this.#child.status;
    clearTimeout(this.#timer);
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#stdin?.close().catch(() => {});
    await this.ends();
  }

  get #all(): string {
    return this.stdout + this.stderr;
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      take(decoder.decode(chunk, { stream: true }));
      this.#change();
    }
    this.#code ??= (await this.#child.status).code;
    this.#change();
  }

  #change(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers();
    changed.resolve();
  }
}

/** A directory with a hub's socket in it, and what runs on it. */
export class Place implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "bus" });
  readonly socket = `${this.directory}/hub.sock`;
  readonly #running: Bus[] = [];

  /** Starts a command and leaves it running. */
  start(args: readonly string[], stdin: "piped" | "null" = "null"): Bus {
    const bus = new Bus(args, this.socket, stdin);
    this.#running.push(bus);
    return bus;
  }

  /** Starts a hub and waits until it listens. */
  async hub(): Promise<Bus> {
    const hub = this.start(["serve"]);
    await hub.says("listening on ");
    return hub;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], input?: string): Promise<Outcome> {
    const bus = this.start(args, input === undefined ? "null" : "piped");
    if (input !== undefined) await bus.type(input);
    return await bus.ends();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bus of this.#running) await bus[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}
