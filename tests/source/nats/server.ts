/**
 * A real nats-server, in a directory of its own.
 *
 * @module
 */

import type { NatsConnection } from "@nats-io/transport-node";
import { isInSearchPath } from "../../../lib/platform/search_path.ts";
import { type NatsConnectionSettings, NatsLink } from "../../../lib/source/nats/connection.ts";
import { testContext } from "../kit.ts";

const PROGRAM = "nats-server";

const HAS_ONE = await isInSearchPath(PROGRAM);

/** Milliseconds that it has to listen. */
const START_MS = 10_000;

/** How it runs. */
export interface NatsServerOptions {
  /** Whether it has JetStream. */
  readonly jetstream?: boolean;
  /** What its file of configuration says besides. */
  readonly config?: string;
}

/** A test with the real server; it is left out where there is none, and says so. */
export function natsTest(name: string, run: () => Promise<void>): void {
  Deno.test({
    name: HAS_ONE ? name : `${name} (left out: there is no ${PROGRAM})`,
    ignore: !HAS_ONE,
    fn: run,
  });
}

/** It listens until it is disposed of, but for the time between {@linkcode kill} and {@linkcode restart}. */
export class NatsServer implements AsyncDisposable {
  #child: Deno.ChildProcess;
  #isRunning = true;
  #port = -1;

  private constructor(
    private readonly directory: string,
    private readonly options: NatsServerOptions,
  ) {
    this.#child = this.#spawn();
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const directory = await Deno.makeTempDir({ prefix: "bus-nats-" });
    await configure(directory, options);
    const server = new NatsServer(directory, options);
    await server.#listens();
    return server;
  }

  /** `HOST:PORT`, the same after a restart. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.#end();
    for await (const { name } of Deno.readDir(this.directory)) {
      if (name.endsWith(".ports")) await Deno.remove(`${this.directory}/${name}`);
    }
  }

  /** Stops it as a debugger does, so that it neither answers nor goes. Resolves when it stands still. */
  async freeze(): Promise<void> {
    this.#child.kill("SIGSTOP");
    while (!/\) T/.test(await Deno.readTextFile(`/proc/${this.#child.pid}/stat`))) await pause();
  }

  /** Lets it go on. */
  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /**
   * Starts it again, at the same address and with what it had.
   *
   * @param config what its file of configuration says besides, where that is to change
   */
  async restart(config?: string): Promise<void> {
    if (config !== undefined) await configure(this.directory, { ...this.options, config });
    this.#child = this.#spawn();
    this.#isRunning = true;
    await this.#listens();
  }

  /** A client of it. */
  async client(settings: Partial<NatsConnectionSettings> = {}): Promise<NatsClient> {
    const link = await NatsLink.open({
      settings: { servers: this.address, ...settings },
      context: testContext("client"),
      pauses: { shortest: 10, longest: 50 },
      onChange: () => {},
      signal: new AbortController().signal,
    });
    return new NatsClient(link);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await Deno.remove(this.directory, { recursive: true });
  }

  async #end(): Promise<void> {
    if (this.#isRunning) this.#child.kill("SIGKILL");
    this.#isRunning = false;
    await this.#child.status;
  }

  #spawn(): Deno.ChildProcess {
    const port = this.#port === -1 ? [] : ["-p", String(this.#port)];
    return new Deno.Command(PROGRAM, {
      args: ["-c", `${this.directory}/server.conf`, ...port],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  async #listens(): Promise<void> {
    const late = AbortSignal.timeout(START_MS);
    while (!late.aborted) {
      for await (const { name } of Deno.readDir(this.directory)) {
        if (!name.endsWith(".ports")) continue;
        const text = await Deno.readTextFile(`${this.directory}/${name}`);
        const [, port] = /"(?:nats|tls):\/\/[^"]*:(\d+)"/.exec(text) ?? [];
        if (port === undefined) continue;
        this.#port = Number(port);
        return;
      }
      await pause();
    }
    throw new Error(`${PROGRAM} does not listen`);
  }
}

async function configure(directory: string, options: NatsServerOptions): Promise<void> {
  const { jetstream = false, config = "" } = options;
  const lines = [
    "listen: 127.0.0.1:-1",
    `ports_file_dir: "${directory}"`,
    ...jetstream ? [`jetstream { store_dir: "${directory}/stored" }`] : [],
    config,
  ];
  await Deno.writeTextFile(`${directory}/server.conf`, lines.join("\n"));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

/** A client that a test uses beside the bridges. */
export class NatsClient implements AsyncDisposable {
  constructor(private readonly link: NatsLink) {}

  /** The client itself. */
  get client(): NatsConnection {
    return this.link.client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}
