/**
 * A unix socket of which can be asked what its peer has not read. Neither Deno nor Node tells that, so
 * it is the system's own.
 *
 * @module
 */

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SHUT_WR = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SIOCOUTQ = 0x5411;
const POLLHUP = 0x10;

/** Bytes of an address, and of them of its path. */
const ADDRESS_BYTES = 110;
const PATH_AT = 2;

const libc = Deno.build.os === "linux"
  ? Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
    poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
    shutdown: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  })
  : undefined;

/** Whether this system has what is needed. */
export const HAS_SYSTEM_SOCKETS = libc !== undefined;

/** One end of a connection. Nothing of it waits. */
export class SystemSocket {
  readonly #calls: NonNullable<typeof libc>["symbols"];
  readonly #descriptor: number;
  readonly #buffer = new Uint8Array(16 * 1024);

  /** @param path of a socket that somebody listens on, with room in its backlog */
  constructor(path: string) {
    if (!libc) throw new Error("no system socket here");
    this.#calls = libc.symbols;
    const address = new Uint8Array(ADDRESS_BYTES);
    address[0] = AF_UNIX;
    address.set(new TextEncoder().encode(path), PATH_AT);
    this.#descriptor = this.#calls.socket(AF_UNIX, SOCK_STREAM, 0);
    if (this.#calls.connect(this.#descriptor, address, ADDRESS_BYTES) !== 0) {
      this.close();
      throw new Error(`cannot connect to ${path}`);
    }
  }

  /** Bytes that the system took: none where it has no room, or the peer is gone. */
  send(bytes: Uint8Array): number {
    const taken = this.#calls.send(
      this.#descriptor,
      new Uint8Array(bytes),
      BigInt(bytes.length),
      MSG_DONTWAIT | MSG_NOSIGNAL,
    );
    return Math.max(0, Number(taken));
  }

  /** What has come; nothing where nothing has, or nothing will. */
  receive(): Uint8Array | undefined {
    const size = BigInt(this.#buffer.length);
    const length = Number(
      this.#calls.recv(this.#descriptor, this.#buffer, size, MSG_DONTWAIT),
    );
    return length > 0 ? this.#buffer.slice(0, length) : undefined;
  }

  /** Whether the peer has read all that was sent. */
  get isRead(): boolean {
    const unread = new Int32Array(1);
    this.#calls.ioctl(this.#descriptor, BigInt(SIOCOUTQ), unread);
    return unread[0] === 0;
  }

  /** Whether the peer has closed. */
  get isOver(): boolean {
    const asked = new Int32Array([this.#descriptor, 0]);
    this.#calls.poll(asked, 1n, 0);
    return ((asked[1] ?? 0) >> 16 & POLLHUP) !== 0;
  }

  /** Sends nothing more. */
  end(): void {
    this.#calls.shutdown(this.#descriptor, SHUT_WR);
  }

  close(): void {
    this.#calls.close(this.#descriptor);
  }
}
