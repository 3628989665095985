/**
 * A connection that reads all the time.
 *
 * @module
 */

import { within } from "../e2e/waiting.ts";
import { joined } from "./mutations.ts";

const LINE_FEED = 0x0a;

/** Reads what the hub says while it is written to, so that neither waits for the other. */
export class Talk {
  /** Resolves when the hub, or this end, has closed. */
  readonly ended: Promise<void>;
  readonly #connection: Deno.UnixConn;
  readonly #pieces: Uint8Array[] = [];
  #lines = 0;
  #awaited: { lines: number; came: () => void } | undefined;
  #isClosed = false;

  private constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
    this.ended = this.#read();
  }

  static async connect(path: string): Promise<Talk> {
    return new Talk(await Deno.connect({ transport: "unix", path }));
  }

  /** Whether the hub was there to take all of it. */
  async write(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }

  /** Sends lines. */
  async send(...lines: readonly string[]): Promise<boolean> {
    return await this.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** Sends nothing more, and goes on reading. */
  async end(): Promise<void> {
    // It may be closed at the other end already.
    await this.#connection.closeWrite().catch(() => {});
  }

  /** Waits until the hub has said so many lines, or has closed. */
  async hears(lines: number): Promise<void> {
    if (this.#lines >= lines) return;
    const came = new Promise<void>((resolve) => this.#awaited = { lines, came: resolve });
    await within(`${lines} lines from the hub`, Promise.race([came, this.ended]));
  }

  /** Waits for the hub's close. */
  async closed(): Promise<void> {
    await within("the hub's close", this.ended);
  }

  /** All whole lines that came, without their ends. */
  get lines(): string[] {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(joined(...this.#pieces));
    const lines = text.split("\n");
    const half = lines.pop();
    if (half) lines.push(`half a line: ${half}`);
    return lines;
  }

  /** Is gone. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const length = await this.#connection.read(buffer);
        if (length === null) return;
        this.#take(buffer.slice(0, length));
      }
    } catch {
      // Reset by a hub that closed with something unread, or closed by this end.
    }
  }

  #take(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
      this.#lines++;
    }
    if (this.#awaited && this.#lines >= this.#awaited.lines) {
      this.#awaited.came();
      this.#awaited = undefined;
    }
  }
}
