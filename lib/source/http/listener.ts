/**
 * A server of HTTP that a flood of connections does not hurt.
 *
 * `Deno.serve` takes any number of connections and lets each be silent for as long as it likes. So it
 * listens on a socket of its own in a private directory, and in front of it stands a listener that
 * has so many connections at once, each for so long, and passes their bytes on.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { within } from "../../platform/within.ts";
import { BusError } from "../../protocol/errors.ts";

/** Connections at once; those beyond wait with the system until there is room. */
export const MOST_CONNECTIONS = 128;

/** Milliseconds that a connection has for all that it wants. */
export const LIFE_MS = 30_000;

/** Bytes that a connection may bring: of what is refused the server reads on without an end. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** Milliseconds that the peer has to take its answer, and to see that there is no more. */
const LINGER_MS = 1_000;

/** Milliseconds that answers have to go out at the end. */
const GRACE_MS = 500;

/** Bytes that are read at once. */
const PIECE = 16 * 1024;

/** What an {@linkcode HttpListener} needs. */
export interface HttpListenerOptions {
  readonly host: string;
  /** Any that is free if 0. */
  readonly port: number;
  /** Answers a request; never rejects. */
  readonly answer: (request: Request) => Promise<Response>;
  readonly clocks: SystemClocks;
}

/** A listener, and the server behind it. */
export class HttpListener {
  readonly #ended = Promise.withResolvers<void>();
  /** Cuts the connections that there are, each by its own. */
  readonly #cuts = new Set<() => void>();
  readonly #passing = new Set<Promise<void>>();
  #room = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly clocks: SystemClocks,
    private readonly listener: Deno.TcpListener,
    private readonly directory: string,
    private readonly server: Deno.HttpServer,
  ) {
    this.#ended.promise.catch(() => {});
    const fail = (error?: unknown) => this.#fail(error);
    void this.#accept().catch(fail);
    void server.finished.then(fail, fail);
  }

  /**
   * Listens, and answers from then on.
   *
   * @throws {BusError} `failed`: it cannot
   */
  static async open({ host, port, answer, clocks }: HttpListenerOptions): Promise<HttpListener> {
    const listener = listen(host, port);
    let directory: string | undefined;
    try {
      directory = await Deno.makeTempDir({ prefix: "bus-http-" });
      const server = Deno.serve({ path: socketIn(directory), onListen: () => {} }, answer);
      return new HttpListener(clocks, listener, directory, server);
    } catch (error) {
      listener.close();
      if (directory !== undefined) await removed(directory);
      throw new BusError("failed", `cannot make a socket in ${tmp()}: ${systemReason(error)}`);
    }
  }

  /** Where it listens, such as `http://127.0.0.1:8787`. */
  get origin(): string {
    const { hostname, port } = this.listener.addr;
    return `http://${hostOf(hostname, port)}`;
  }

  /** Resolves when it is closed; rejects with a `BusError` when it takes no connections any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Takes no more connections, lets the answers go out, and ends. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #accept(): Promise<void> {
    for (;;) {
      while (this.#cuts.size >= MOST_CONNECTIONS) {
        this.#room = Promise.withResolvers();
        await this.#room.promise;
      }
      const connection = await this.listener.accept().catch((error: unknown) => {
        // It has gone again while it waited.
        if (error instanceof Deno.errors.ConnectionAborted) return undefined;
        throw error;
      });
      if (!connection) continue;
      const passing = this.#pass(connection).finally(() => this.#passing.delete(passing));
      this.#passing.add(passing);
    }
  }

  /** Passes a connection's bytes on, and back, until both have ended or its time is over. */
  async #pass(client: Deno.TcpConn): Promise<void> {
    const open: Deno.Conn[] = [client];
    const cut = () => {
      for (const connection of open.splice(0)) connection.close();
    };
    this.#cuts.add(cut);
    const callOff = this.clocks.after(LIFE_MS, cut);
    let asking: Promise<void> | undefined;
    try {
      const server = await this.#connect();
      if (open.length === 0) return server.close();
      open.push(server);
      asking = ask(client, server).catch(cut);
      // A server that did not read to the end resets the connection behind its answer.
      await forward(server, client).catch(() => {});
      await client.closeWrite();
      // Closed with bytes of the client unread it would take the answer away from it.
      await within(this.clocks, LINGER_MS, asking);
    } catch {
      // One of them has gone, or its time is over.
    } finally {
      callOff();
      cut();
      await asking;
      this.#cuts.delete(cut);
      this.#room.resolve();
    }
  }

  /** Where the socket has been swept away with what is old in its directory, a new one is needed. */
  async #connect(): Promise<Deno.UnixConn> {
    try {
      return await Deno.connect({ transport: "unix", path: socketIn(this.directory) });
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    if (this.#closing) return;
    const reason = error === undefined ? "the server has ended" : systemReason(error);
    this.#ended.reject(new BusError("failed", `no connections are taken any more: ${reason}`));
  }

  async #close(): Promise<void> {
    this.listener.close();
    const drained = this.#drained();
    await within(this.clocks, GRACE_MS, drained);
    for (const cut of this.#cuts) cut();
    await drained;
    // One may have come in the last moment.
    await Promise.all(this.#passing);
    await removed(this.directory);
    this.#ended.resolve();
  }

  async #drained(): Promise<void> {
    await this.server.shutdown();
    await Promise.all(this.#passing);
  }
}

function listen(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    const reason = `cannot listen on ${hostOf(printable(hostname), port)}: ${systemReason(error)}`;
    const hint = error instanceof Deno.errors.AddrInUse
      ? "end what listens there, or choose another port"
      : undefined;
    throw new BusError("failed", reason, hint);
  }
}

function hostOf(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function socketIn(directory: string): string {
  return `${directory}/http.sock`;
}

function tmp(): string {
  return printable(Deno.env.get("TMPDIR") || "/tmp");
}

async function removed(directory: string): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch(() => {});
}

/** Passes on what the client says; once nobody listens it is read all the same, so that it can end. */
async function ask(client: Deno.Conn, server: Deno.Conn): Promise<void> {
  await forward(client, server, MOST_BYTES).catch(() => {});
  await server.closeWrite().catch(() => {});
  const piece = new Uint8Array(PIECE);
  while (await client.read(piece) !== null);
}

/** Passes bytes on to their end, or until there were too many. */
async function forward(from: Deno.Conn, to: Deno.Conn, most = Infinity): Promise<void> {
  const piece = new Uint8Array(PIECE);
  for (let left = most; left > 0;) {
    const count = await from.read(piece);
    if (count === null) return;
    for (let at = 0; at < count;) at += await to.write(piece.subarray(at, count));
    left -= count;
  }
}
