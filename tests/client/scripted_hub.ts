/**
 * The other end of a client's connection, played by a test line by line. It knows no rule of a hub.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { HubConnection } from "../../lib/client/connection.ts";
import type { ByteEnds } from "../../lib/platform/byte_ends.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { type MemoryEnd, memoryPair } from "./memory_pair.ts";

/** Where the hub of a test seems to lie. */
export const PATHS: HubPaths = {
  socket: "/nowhere/x.sock",
  lock: "/nowhere/x.sock.lock",
  directory: "/nowhere",
  ownDirectory: false,
  log: "/nowhere/x.log",
};

/** A frame as plain JSON. */
export type Line = Record<string, unknown>;

/** Plays a hub on one end of a connection. */
export class ScriptedHub {
  #text = "";
  readonly #decoder = new TextDecoder();
  readonly #buffer = new Uint8Array(64 * 1024);

  constructor(readonly ends: ByteEnds) {}

  /** The next line, as it came; nothing at the end. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const length = await this.ends.read(this.#buffer);
      if (length === null) return undefined;
      this.#text += this.#decoder.decode(this.#buffer.subarray(0, length), { stream: true });
    }
  }

  /** The next line, parsed. */
  async next(): Promise<Line> {
    return JSON.parse(await this.line() ?? "null");
  }

  /** Takes the next line and holds its fields against those. */
  async expect(fields: Line): Promise<Line> {
    const line = await this.next();
    assertEquals(Object.fromEntries(Object.keys(fields).map((name) => [name, line[name]])), fields);
    return line;
  }

  /** Sends lines, all in one piece: objects as JSON, text as it is. */
  async say(...lines: (Line | string)[]): Promise<void> {
    const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
    await this.sendBytes(new TextEncoder().encode(texts.map((text) => `${text}\n`).join("")));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.ends.write(rest));
  }

  close(): void {
    this.ends.close();
  }
}

/** A connection with a scripted hub at its other end. */
export interface Scripted {
  readonly connection: HubConnection;
  readonly hub: ScriptedHub;
  /** The client's end. */
  readonly end: MemoryEnd;
  /** The hub's end. */
  readonly hubEnd: MemoryEnd;
}

/** Makes a connection in memory that holds so many bytes in each direction. */
export function scripted(options: { capacity?: number; writeTimeout?: number } = {}): Scripted {
  const [end, hubEnd] = memoryPair(options.capacity);
  const connection = new HubConnection(end, PATHS, options.writeTimeout);
  return { connection, hub: new ScriptedHub(hubEnd), end, hubEnd };
}
