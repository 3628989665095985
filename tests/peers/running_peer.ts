/**
 * One of them as a process.
 *
 * @module
 */

import { pause, writeAll } from "../campaign/load/orders.ts";
import type { Peer, PeerConnection, PeerPlace } from "./peer.ts";

/** Milliseconds that one has to listen. */
const START_MS = 10_000;

const LATIN = new TextDecoder("latin1");

/** It runs, in a directory of its own, until it is disposed of. */
export class RunningPeer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  #startedIn = 0;

  private constructor(
    readonly peer: Peer,
    readonly place: PeerPlace,
    child: Deno.ChildProcess,
  ) {
    this.#child = child;
  }

  /** @param first a line of shell that its process deals with before it becomes the program */
  static async start(peer: Peer, first = ":"): Promise<RunningPeer> {
    const directory = await Deno.makeTempDir({ prefix: "bus-peer-" });
    const place = { directory, socket: `${directory}/peer.sock`, port: freePort() };
    const begun = performance.now();
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `${first}\nexec "$0" "$@"`, peer.program, ...peer.args(place)],
      cwd: directory,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const running = new RunningPeer(peer, place, child);
    for (;;) {
      const connection = await running.connect().catch(() => undefined);
      connection?.close();
      running.#startedIn = performance.now() - begun;
      if (connection) return running;
      if (running.startedIn > START_MS) {
        await running[Symbol.asyncDispose]();
        throw new Error(`${peer.name} does not listen`);
      }
      await pause(1);
    }
  }

  /** Milliseconds from its start until it took a connection. */
  get startedIn(): number {
    return this.#startedIn;
  }

  /** Bytes of memory that it has now. */
  get memory(): number {
    return this.#kilobytes("VmRSS") * 1024;
  }

  /** The most bytes that it has had since {@linkcode forgetPeak}. */
  get peak(): number {
    return this.#kilobytes("VmHWM") * 1024;
  }

  /** Microseconds of processor time that it has used, in hundredths of a second. */
  get processorTime(): number {
    const stat = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    // The name, in brackets, may have blanks in it; user and system time are the 14th and 15th field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  }

  /** From now on the peak is counted. */
  forgetPeak(): void {
    Deno.writeTextFileSync(`/proc/${this.#child.pid}/clear_refs`, "5");
  }

  async connect(): Promise<PeerConnection> {
    return await this.peer.connect(this.place);
  }

  /** A connection that is subscribed. */
  async subscribe(number: number, asked: string): Promise<PeerConnection> {
    const connection = await this.connect();
    await writeAll(connection, this.peer.subscription(number, asked));
    await heard(connection, this.peer.subscribed);
    return connection;
  }

  /** A connection that may publish. */
  async publisher(): Promise<PeerConnection> {
    const connection = await this.connect();
    const { greeting, greeted } = this.peer;
    if (greeting.length > 0) await writeAll(connection, greeting);
    if (greeted !== "") await heard(connection, greeted);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.place.directory, { recursive: true });
  }

  #kilobytes(field: string): number {
    const text = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(text)?.[1]);
  }
}

/** Reads until something is heard. */
export async function heard(connection: PeerConnection, what: string): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (!text.includes(what)) {
    const length = await connection.read(buffer);
    if (length === null) throw new Error(`closed after ${JSON.stringify(text.slice(0, 200))}`);
    // Only what could be the beginning of it has to be kept.
    text = text.slice(-what.length) + LATIN.decode(buffer.subarray(0, length));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
