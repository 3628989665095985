/**
 * The verbs of the tests that drive the compiled program: a place of its own for each test, and what
 * runs there.
 *
 * @module
 */

import { dirname } from "@std/path/posix/dirname";
import { assert, assertEquals } from "@std/assert";
import type { StatusResponse } from "../../lib/protocol/messages.ts";
import { type Outcome, Running } from "./running.ts";
import { asUser, canRunAs, isRoot, USER } from "./users.ts";
import { eventually } from "./waiting.ts";
import { Wire } from "./wire.ts";

/** The program that is tested. */
export const PROGRAM = new URL("../../dist/bus", import.meta.url).pathname;

/** Whether hubs can be run here as a user whom modes bind. */
export const isBoundByModes = !isRoot || canRunAs(USER, PROGRAM);

/** How a place differs from an ordinary one. */
interface PlaceOptions {
  /** Hubs go by their names: the place is the runtime directory. */
  readonly hubsHaveNames?: boolean;
  /** Whose the place is, and who runs what runs there; this process's user if absent. */
  readonly user?: number | undefined;
}

/** How to start a program. */
export interface StartOptions {
  /** Beside or instead of what every program here has in its environment. */
  readonly env?: Record<string, string>;
  /** All of its stdin; without it stdin is `/dev/null`, with `"open"` what is written later. */
  readonly stdin?: string | Uint8Array | "open";
  /** The command to run instead of the program. */
  readonly command?: string;
  /** Who runs it, where that is not who runs what runs there. */
  readonly user?: number;
}

/**
 * A directory of its own, and what runs in it. At its end nothing of it is left, and a hub that
 * still runs must have nothing in its buffers and end as it should.
 */
export class Place implements AsyncDisposable {
  readonly directory: string;
  readonly socket: string;
  /** How the programs here know which hub is meant. */
  readonly #which: Record<string, string>;
  readonly #running: Running[] = [];
  readonly #wires: Wire[] = [];
  readonly #hubs: Running[] = [];
  /** Before every command, so that it is the user's. */
  readonly #become: readonly string[];

  private constructor(directory: string, { hubsHaveNames, user }: PlaceOptions = {}) {
    this.directory = directory;
    this.socket = hubsHaveNames ? `${directory}/bus/default.sock` : `${directory}/bus.sock`;
    this.#which = hubsHaveNames ? {} : { BUS_SOCKET: this.socket };
    this.#become = user === undefined ? [] : asUser(user);
  }

  /** A place where nothing runs. */
  static async empty(): Promise<Place> {
    return await Place.#of({});
  }

  /** A place where nothing runs, and hubs go by their names: `directory` is the runtime directory. */
  static async ofNames(): Promise<Place> {
    return await Place.#of({ hubsHaveNames: true });
  }

  /**
   * A place where nothing runs, and all that does later is run by a user whom modes bind: not by
   * root, where that can be had.
   */
  static async ofUser({ hubsHaveNames = false, user = USER } = {}): Promise<Place> {
    return await Place.#of({ hubsHaveNames, user: isRoot && isBoundByModes ? user : undefined });
  }

  static async #of(options: PlaceOptions): Promise<Place> {
    const directory = await Deno.makeTempDir({ prefix: "bus-e2e-" });
    if (options.user !== undefined) await Deno.chown(directory, options.user, options.user);
    return new Place(directory, options);
  }

  /** A place with a hub, started with these flags. */
  static async withHub(...flags: string[]): Promise<Place> {
    const place = await Place.empty();
    try {
      await place.serve(flags);
      return place;
    } catch (error) {
      await place[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The hub that was started last. */
  get hub(): Running {
    const hub = this.#hubs.at(-1);
    if (!hub) throw new Error("no hub was started here");
    return hub;
  }

  /** Starts a hub and waits until it listens. */
  async serve(flags: string[] = [], options: StartOptions = {}): Promise<Running> {
    const hub = this.start(["serve", ...flags], options);
    this.#hubs.push(hub);
    await hub.says(/listening on /);
    return hub;
  }

  /** Starts a command. */
  start(
    args: readonly string[],
    { env, stdin, command = PROGRAM, user }: StartOptions = {},
  ): Running {
    const become = user === undefined ? this.#become : asUser(user);
    const [program = command, ...words] = [...become, command, ...args];
    const child = new Deno.Command(program, {
      args: words,
      cwd: this.directory,
      clearEnv: true,
      env: {
        PATH: `${dirname(PROGRAM)}:${Deno.env.get("PATH") ?? ""}`,
        SHELL: "/bin/sh",
        HOME: this.directory,
        TERM: "xterm-256color",
        XDG_RUNTIME_DIR: this.directory,
        XDG_STATE_HOME: `${this.directory}/state`,
        ...this.#which,
        ...env,
      },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const running = new Running(child, `bus ${args.join(" ")}`);
    this.#running.push(running);
    if (stdin !== undefined && stdin !== "open") void feed(child.stdin, stdin);
    return running;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options?: StartOptions): Promise<Outcome> {
    return await this.start(args, options).end();
  }

  /** Runs a shell command in which `bus` is the program. */
  async shell(script: string, options?: StartOptions): Promise<Outcome> {
    return await this.run(["-c", script], { ...options, command: "/bin/sh" });
  }

  /** Runs a shell command as if it was typed: all its ends are a terminal. */
  async terminal(script: string, options?: StartOptions): Promise<Outcome> {
    const args = ["--quiet", "--return", "--command", script, "/dev/null"];
    return await this.run(args, { ...options, command: "script" });
  }

  /** Starts `bus consume` and waits until it is subscribed. */
  async consume(args: readonly string[], options?: StartOptions): Promise<Running> {
    const consumer = this.start(["consume", ...args], options);
    await consumer.says(/^ready /);
    return consumer;
  }

  /** Stops the hub that is there, whoever started it. */
  async stop(): Promise<void> {
    const { code, stderr } = await this.run(["stop"]);
    assertEquals(code, 0, stderr);
  }

  /** The files that hubs have made, or left, in the directory of their socket. */
  async filesOfHubs(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(dirname(this.socket))) names.push(name);
    return names.sort();
  }

  /**
   * Publishes whole events, given as text or to be printed, and expects that they are routed. No
   * program is started for it, nor for {@linkcode status}: a start costs more than most tests do.
   */
  async publish(...events: (string | { event_type: string; payload: unknown })[]): Promise<void> {
    const lines = events.map((event) =>
      typeof event === "string" ? event : JSON.stringify({ type: "event", ...event })
    );
    const answer = await this.#answer(...lines, '{"type":"flush","id":1}', '{"type":"bye"}');
    assertEquals(answer.type, "flush_ack", JSON.stringify(answer));
  }

  /** What the hub says of itself. */
  async status(): Promise<Required<StatusResponse>> {
    const { type, ...status } = await this.#answer('{"type":"status_query"}');
    assertEquals(type, "status_response");
    return status as unknown as Required<StatusResponse>;
  }

  async #answer(...lines: string[]): Promise<Record<string, unknown>> {
    const wire = await Wire.connect(this.socket);
    try {
      await wire.send(...lines);
      return await wire.frame();
    } finally {
      wire.close();
    }
  }

  /** What the hub says of itself once it is so. */
  async statusOnce(
    name: string,
    condition: (status: Required<StatusResponse>) => boolean,
  ): Promise<Required<StatusResponse>> {
    let status = await this.status();
    await eventually(
      name,
      async () => condition(status) || condition(status = await this.status()),
    );
    return status;
  }

  /** A connection that speaks bytes to the hub. */
  async wire(): Promise<Wire> {
    const wire = await Wire.connect(this.socket);
    this.#wires.push(wire);
    return wire;
  }

  /** Ends all that runs here, and removes all that lies here. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const wire of this.#wires) wire.close();
      const commands = this.#running.filter((running) => !this.#hubs.includes(running));
      for (const command of commands) await command[Symbol.asyncDispose]();
      for (const hub of this.#hubs) if (!hub.hasEnded) await this.#endHub(hub);
    } finally {
      for (const running of this.#running) await running[Symbol.asyncDispose]();
      const left = processesOf(this.directory);
      for (const pid of left) end(pid);
      await Deno.remove(this.directory, { recursive: true });
      assertEquals(left, [], "processes that outlived the test");
    }
  }

  /** A hub that everybody has left holds nothing for anybody, and a signal ends it in good order. */
  async #endHub(hub: Running): Promise<void> {
    hub.thaw();
    // A test that failed may leave a hub that nobody can ask.
    if (await Deno.lstat(this.socket).then(() => true, () => false)) {
      await this.statusOnce(
        "the hub's buffers are empty",
        ({ consumers, buffered_bytes }) =>
          // A source of its own may stay.
          consumers.every(({ pid }) => pid === hub.pid) && buffered_bytes === 0,
      );
    }
    hub.signal("SIGTERM");
    const { code, stderr } = await hub.end();
    assertEquals(code, 0, stderr);
    await assertAbsent(this.socket);
  }
}

/** Fails if something lies at a path. */
export async function assertAbsent(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch(() => undefined);
  assert(found === undefined, `${path} is still there`);
}

/** The pids of the programs that were started in a directory and still run. */
function processesOf(directory: string): number[] {
  const pids: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Deno.readTextFileSync(`/proc/${name}/environ`).includes(directory)) {
        pids.push(Number(name));
      }
    } catch {
      // It has ended since, or belongs to somebody else.
    }
  }
  return pids;
}

/** Ends a process at once, if it has not ended. */
function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function feed(stdin: WritableStream<Uint8Array>, input: string | Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    await writer.close();
  } catch {
    // The program did not want all of it.
  }
}
