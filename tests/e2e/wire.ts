/**
 * A connection that speaks bytes to a hub: nothing of the product is between a test and the socket.
 *
 * @module
 */

import { assertEquals, AssertionError } from "@std/assert";
import { within } from "./waiting.ts";

const LINE_FEED = 0x0a;

/** One end of a connection to a hub. It reads only when it is asked for something. */
export class Wire {
  readonly #connection: Deno.UnixConn;
  #unread: Uint8Array = new Uint8Array(0);
  #isClosed = false;

  private constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  static async connect(path: string): Promise<Wire> {
    return new Wire(await Deno.connect({ transport: "unix", path }));
  }

  /** Sends bytes, or text, as they are. Returns whether the hub was there to take all of it. */
  async write(...pieces: (string | Uint8Array)[]): Promise<boolean> {
    try {
      for (const piece of pieces) {
        let bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
        while (bytes.length > 0) bytes = bytes.subarray(await this.#connection.write(bytes));
      }
      return true;
    } catch (error) {
      if (hasLeft(error)) return false;
      throw error;
    }
  }

  /** Sends lines. */
  async send(...lines: string[]): Promise<boolean> {
    return await this.write(...lines.map((line) => `${line}\n`));
  }

  /** Sends nothing more, and goes on reading. */
  async end(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /** The next line, without its end. */
  async line(patience?: number): Promise<string> {
    const line = await within("the hub's next line", this.#nextLine(), patience);
    if (line === undefined) throw new AssertionError("the hub closed the connection");
    return line;
  }

  /** The next line as what it says. */
  async frame(patience?: number): Promise<Record<string, unknown>> {
    return JSON.parse(await this.line(patience));
  }

  /** The lines up to the hub's close. */
  async rest(patience?: number): Promise<string[]> {
    const lines: string[] = [];
    const readAll = async () => {
      for (let line = await this.#nextLine(); line !== undefined; line = await this.#nextLine()) {
        lines.push(line);
      }
    };
    await within("the hub's close", readAll(), patience);
    return lines;
  }

  /** Expects that the hub closes without a further word. */
  async closed(patience?: number): Promise<void> {
    assertEquals(await this.rest(patience), []);
  }

  /** Is gone, as when a program dies. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  async #nextLine(): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const end = this.#unread.indexOf(LINE_FEED);
      if (end !== -1) {
        pieces.push(this.#unread.subarray(0, end));
        this.#unread = this.#unread.subarray(end + 1);
        return decode(pieces);
      }
      if (this.#unread.length > 0) pieces.push(this.#unread);
      const buffer = new Uint8Array(64 * 1024);
      const length = await this.#read(buffer);
      this.#unread = buffer.subarray(0, length ?? 0);
      if (length !== null) continue;
      if (pieces.length > 0) throw new AssertionError("the hub closed within a line");
      return undefined;
    }
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await this.#connection.read(buffer);
    } catch (error) {
      if (hasLeft(error)) return null;
      throw error;
    }
  }
}

/** What it looks like when the other end is closed, also with something of ours unread. */
function hasLeft(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
}

function decode(pieces: Uint8Array[]): string {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
