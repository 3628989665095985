/**
 * The server's end of a WebSocket, spoken by hand, so that a test decides on each of its bytes.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** What a frame is, as the protocol numbers it. */
export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame of a client, unmasked. */
export interface ClientFrame {
  readonly opcode: number;
  readonly text: string;
}

/** Milliseconds after which whoever waits here for a client waits in vain. */
const PATIENCE_MS = 20_000;

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** One connection whose handshake is done. */
export class RawWebsocket implements Disposable {
  /** The head of the client's request. */
  readonly request: string;
  #unread: Buffer;
  readonly #late = setTimeout(() => this[Symbol.dispose](), PATIENCE_MS);

  private constructor(private readonly connection: Deno.TcpConn, request: Buffer, rest: Buffer) {
    this.request = request.toString();
    this.#unread = rest;
  }

  /** Takes the next client, and does its handshake. */
  static async accept(listener: Deno.TcpListener): Promise<RawWebsocket> {
    const connection = await listener.accept();
    let head = Buffer.alloc(0);
    let end = -1;
    while (end === -1) {
      head = Buffer.concat([head, await piece(connection)]);
      end = head.indexOf("\r\n\r\n");
    }
    const socket = new RawWebsocket(connection, head.subarray(0, end), head.subarray(end + 4));
    const key = /^sec-websocket-key: *(\S+)/im.exec(socket.request)?.[1];
    const accept = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
    await socket.write(Buffer.from(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    ));
    return socket;
  }

  /** Sends a whole message, or with `isLast` unset a part of one. */
  async send(opcode: number, data: string | Uint8Array, isLast = true): Promise<void> {
    await this.write(frame(opcode, data, isLast));
  }

  /** Sends bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.connection.write(bytes.subarray(at));
  }

  /** The client's next frame; nothing where it has gone. */
  async read(): Promise<ClientFrame | undefined> {
    try {
      const [first = 0, second = 0] = await this.#take(2);
      const short = second & 0x7f;
      const length = short === 126 ? (await this.#take(2)).readUInt16BE() : short;
      const mask = await this.#take(4);
      const data = (await this.#take(length)).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
      return { opcode: first & 0x0f, text: Buffer.from(data).toString() };
    } catch {
      return undefined;
    }
  }

  /** Goes without a word. */
  [Symbol.dispose](): void {
    clearTimeout(this.#late);
    try {
      this.connection.close();
    } catch {
      // Closed before.
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#unread.length < length) {
      this.#unread = Buffer.concat([this.#unread, await piece(this.connection)]);
    }
    const taken = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    return taken;
  }
}

/** A server's frame. */
export function frame(opcode: number, data: string | Uint8Array, isLast = true): Uint8Array {
  const bytes = Buffer.from(data);
  const head = Buffer.alloc(10);
  head[0] = opcode | (isLast ? 0x80 : 0);
  if (bytes.length < 126) {
    head[1] = bytes.length;
    return Buffer.concat([head.subarray(0, 2), bytes]);
  }
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([head, bytes]);
}

/** Resolves when the other side has closed a connection; throws where it does not. */
export async function untilClosed(connection: Deno.TcpConn): Promise<void> {
  const late = setTimeout(() => connection.close(), PATIENCE_MS);
  const buffer = new Uint8Array(16 * 1024);
  try {
    while (await connection.read(buffer) !== null);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  } finally {
    clearTimeout(late);
  }
}

async function piece(connection: Deno.TcpConn): Promise<Uint8Array> {
  const buffer = new Uint8Array(16 * 1024);
  const length = await connection.read(buffer);
  if (length === null) throw new Error("the client has gone");
  return buffer.subarray(0, length);
}
