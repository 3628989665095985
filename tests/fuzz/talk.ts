/**
 * A connection that reads all the time.
 *
 * @module
 */

import { within } from "../e2e/waiting.ts";
import { GatheredLines } from "./gathered_lines.ts";

/** What is said to a hub, and what it says. */
export interface Conversation {
  /** Whether the hub was there to take all of it. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Sends nothing more, and goes on reading. */
  end(): Promise<void>;
  /** Waits until the hub has said so many lines, or has closed. */
  hears(lines: number): Promise<void>;
  /** Waits for the hub's close. */
  closed(): Promise<void>;
  /** All lines that came, without their ends. */
  readonly lines: string[];
  /** Is gone. */
  close(): void;
}

/** Reads what the hub says while it is written to, so that neither waits for the other. */
export class Talk implements Conversation {
  /** Resolves when the hub, or this end, has closed. */
  readonly ended: Promise<void>;
  readonly #connection: Deno.UnixConn;
  readonly #gathered = new GatheredLines();
  #awaited: { lines: number; came: () => void } | undefined;
  #isClosed = false;

  private constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
    this.ended = this.#read();
  }

  static async connect(path: string): Promise<Talk> {
    return new Talk(await Deno.connect({ transport: "unix", path }));
  }

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

  async end(): Promise<void> {
    // It may be closed at the other end already.
    await this.#connection.closeWrite().catch(() => {});
  }

  async hears(lines: number): Promise<void> {
    if (this.#gathered.count >= lines) return;
    const came = new Promise<void>((resolve) => this.#awaited = { lines, came: resolve });
    await within(`${lines} lines from the hub`, Promise.race([came, this.ended]));
  }

  async closed(): Promise<void> {
    await within("the hub's close", this.ended);
  }

  get lines(): string[] {
    return this.#gathered.lines;
  }

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
    this.#gathered.add(bytes);
    if (this.#awaited && this.#gathered.count >= this.#awaited.lines) {
      this.#awaited.came();
      this.#awaited = undefined;
    }
  }
}
