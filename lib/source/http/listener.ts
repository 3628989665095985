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
import { PrivateSocket } from "./private_socket.ts";

/** Connections at once; those beyond wait until there is room. */
export const MOST_CONNECTIONS = 128;

/** Milliseconds after which a connection without an answer makes room where another one waits. */
export const FAIR_MS = 2_000;

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
  /** Is called whenever a connection is cut because others wait. */
  readonly onCrowd?: () => void;
}

/** A connection that there is. */
interface Passage {
  readonly since: number;
  /** All of its answer has gone out. */
  isAnswered: boolean;
  cut(): void;
}

/** A listener, and the server behind it. */
export class HttpListener {
  readonly #ended = Promise.withResolvers<void>();
  /** The oldest first. */
  readonly #passages = new Set<Passage>();
  readonly #passing = new Set<Promise<void>>();
  #freed = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly clocks: SystemClocks,
    private readonly listener: Deno.TcpListener,
    private readonly socket: PrivateSocket,
    private readonly server: Deno.HttpServer,
    private readonly onCrowd: () => void,
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
  static async open(options: HttpListenerOptions): Promise<HttpListener> {
    const { host, port, answer, clocks, onCrowd = () => {} } = options;
    const listener = listen(host, port);
    let socket: PrivateSocket | undefined;
    try {
      socket = await PrivateSocket.make(clocks);
      const server = Deno.serve({ path: socket.path, onListen: () => {} }, answer);
      return new HttpListener(clocks, listener, socket, server, onCrowd);
    } catch (error) {
      listener.close();
      await socket?.remove();
      const tmp = printable(Deno.env.get("TMPDIR") || "/tmp");
      throw new BusError("failed", `cannot make a socket in ${tmp}: ${systemReason(error)}`);
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
      const connection = await this.listener.accept().catch((error: unknown) => {
        // It has gone again while it waited.
        if (error instanceof Deno.errors.ConnectionAborted) return undefined;
        throw error;
      });
      if (!connection) continue;
      while (this.#passages.size >= MOST_CONNECTIONS && !this.#closing) await this.#room();
      if (this.#closing) return connection.close();
      const passing = this.#pass(connection).finally(() => this.#passing.delete(passing));
      this.#passing.add(passing);
    }
  }

  /** Waits until there may be room; who has been there for long without an answer makes it. */
  async #room(): Promise<void> {
    const { promise, resolve } = this.#freed = Promise.withResolvers();
    const oldest = [...this.#passages].find(({ isAnswered }) => !isAnswered);
    if (!oldest) return await promise;
    const left = Math.max(0, oldest.since + FAIR_MS - this.clocks.monotonic());
    const callOff = this.clocks.after(left, () => {
      // If it is answered by now another one is the oldest.
      if (oldest.isAnswered) return resolve();
      oldest.cut();
      this.onCrowd();
    });
    await promise.finally(callOff);
  }

  /** Passes a connection's bytes on, and back, until both have ended or its time is over. */
  async #pass(client: Deno.TcpConn): Promise<void> {
    const open: Deno.Conn[] = [client];
    const cut = () => {
      for (const connection of open.splice(0)) connection.close();
    };
    const passage = { since: this.clocks.monotonic(), isAnswered: false, cut };
    this.#passages.add(passage);
    const callOff = this.clocks.after(LIFE_MS, cut);
    let asking: Promise<void> | undefined;
    try {
      const server = await this.#connect();
      if (open.length === 0) return server.close();
      open.push(server);
      asking = ask(client, server).catch(cut);
      // A server that did not read to the end resets the connection behind its answer.
      await forward(server, client).catch(() => {});
      passage.isAnswered = true;
      await client.closeWrite();
      // Closed with bytes of the client unread it would take the answer away from it.
      await within(this.clocks, LINGER_MS, asking);
    } catch {
      // One of them has gone, or its time is over.
    } finally {
      callOff();
      cut();
      await asking;
      this.#passages.delete(passage);
      this.#freed.resolve();
    }
  }

  /** Where the socket has been swept away with what is old in its directory, a new one is needed. */
  async #connect(): Promise<Deno.UnixConn> {
    try {
      return await Deno.connect({ transport: "unix", path: this.socket.path });
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
    const drained = this.server.shutdown().then(() => Promise.all(this.#passing));
    await within(this.clocks, GRACE_MS, drained);
    for (const { cut } of this.#passages) cut();
    await drained;
    // One may have come in the last moment.
    await Promise.all(this.#passing);
    await this.socket.remove();
    this.#ended.resolve();
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
