/**
 * Accepting connections from a descriptor with the system's own calls. `Deno.listen` takes none, and
 * `node:net`, where it does, takes all that come, however many may be served.
 *
 * @module
 */

import { Socket, type SocketConstructorOpts } from "node:net";
import process from "node:process";
import type { ByteEnds } from "../platform/byte_ends.ts";
import { SocketEnds } from "./socket_ends.ts";

// From the headers of Linux, the same on all machines that Deno runs on.
const POLLIN = 1;
const SOL_SOCKET = 1;
const SO_ACCEPTCONN = 30;
const SO_DOMAIN = 39;
const AF_UNIX = 1;
const CLOEXEC = 0o2000000;
const NONBLOCK = 0o4000;

/** Milliseconds that stand for no limit. */
const NO_TIMEOUT = -1;

const CALLS = {
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // In a thread of its own, so that nobody waits for it.
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
} as const;

/** What carries a descriptor in `node:net`. */
interface Pipe {
  /** Takes a connection that is open already. Gives 0, or the number of an error. */
  open(descriptor: number): number;
}

/** The part of Node's internals that is needed here, and that Deno has too. */
interface Internals {
  binding(name: "pipe_wrap"): {
    Pipe: new (kind: number) => Pipe;
    constants: { SOCKET: number };
  };
}

/** Connections from a listening unix socket that this process was given as a descriptor. */
export class PolledListener {
  readonly #library = Deno.dlopen("libc.so.6", CALLS);
  readonly #descriptor: number;
  /** A descriptor that can be read from once this is closed: it ends a look that is under way. */
  readonly #end: number;
  #look: Promise<void> | undefined;
  #isClosed = false;

  /**
   * @param descriptor the socket; it stays open, for it is its owner's too
   * @throws {Error} it is no unix socket that listens
   */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    const isListening = this.#option(SO_DOMAIN) === AF_UNIX && this.#option(SO_ACCEPTCONN) === 1;
    this.#end = isListening ? this.#library.symbols.eventfd(0, CLOEXEC | NONBLOCK) : -1;
    if (this.#end >= 0) return;
    this.#library.close();
    throw new Error(isListening ? "no descriptor is left" : "it is no unix socket that listens");
  }

  /** The next connection; nothing once this is closed. Nobody else waits for one meanwhile. */
  async accept(): Promise<ByteEnds | undefined> {
    if (this.#isClosed) return undefined;
    this.#look = this.#untilReadable();
    await this.#look;
    if (this.#isClosed) return undefined;
    const { accept4 } = this.#library.symbols;
    const descriptor = accept4(this.#descriptor, null, null, CLOEXEC | NONBLOCK);
    if (descriptor < 0) throw new Error("the system gives no connection");
    return new SocketEnds(socketOf(descriptor));
  }

  /** Takes no more connections. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { write, close } = this.#library.symbols;
    write(this.#end, new Uint8Array(new BigUint64Array([1n]).buffer), 8n);
    void (this.#look ?? Promise.resolve()).then(() => {
      close(this.#end);
      this.#library.close();
    });
  }

  /** Resolves when somebody has come, or this is closed. */
  async #untilReadable(): Promise<void> {
    // Two of struct pollfd: the descriptor, what is looked for, what is so.
    const looks = new DataView(new ArrayBuffer(16));
    for (const [index, descriptor] of [this.#descriptor, this.#end].entries()) {
      looks.setInt32(index * 8, descriptor, true);
      looks.setInt16(index * 8 + 4, POLLIN, true);
    }
    await this.#library.symbols.poll(new Uint8Array(looks.buffer), 2n, NO_TIMEOUT);
  }

  #option(name: number): number | undefined {
    const value = new Int32Array(1);
    const outcome = this.#library.symbols.getsockopt(
      this.#descriptor,
      SOL_SOCKET,
      name,
      new Uint8Array(value.buffer),
      new Uint8Array(new Uint32Array([value.byteLength]).buffer),
    );
    return outcome === 0 ? value[0] : undefined;
  }
}

/** `new Socket({ fd })` would say it, but not in those versions. */
function socketOf(descriptor: number): Socket {
  const { Pipe, constants } = (process as unknown as Internals).binding("pipe_wrap");
  const handle = new Pipe(constants.SOCKET);
  const failure = handle.open(descriptor);
  if (failure !== 0) throw new Error(`no connection can be made of a descriptor: ${failure}`);
  const options: SocketConstructorOpts & { handle: Pipe } = { handle, allowHalfOpen: true };
  return new Socket({ ...options, readable: true, writable: true });
}
