/**
 * One connection to a hub: the one way to its socket on this side.
 *
 * @module
 */

import type { ByteEnds } from "../platform/byte_ends.ts";
import type { HubPaths } from "../platform/paths.ts";
import { nextTurn } from "../platform/turn.ts";
import { type Frame, frames } from "../protocol/framing.ts";
import { WRITE_TIMEOUT_MS } from "../protocol/limits.ts";
import { LATE, orLate } from "./deadline.ts";
import { HubGoneError, HubSilentError } from "./errors.ts";
import { hubPid } from "./hub_lock.ts";

/** Bytes read at once. */
const READ_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/**
 * Frames to a hub and back.
 *
 * - **Order.** What is sent first is written first, and whole.
 * - **A failed write** ends the sending alone: the hub may have said why before it closed, so
 *   {@linkcode HubConnection.frames} reads on to the end.
 * - **Back-pressure.** Nothing is read that was not asked for.
 */
export class HubConnection {
  readonly #ends: ByteEnds;
  readonly #writeTimeout: number;
  #lastWrite: Promise<void> = Promise.resolve();
  #isBroken = false;
  #isClosed = false;

  /**
   * @param ends the connection, or a pair in memory
   * @param paths the files of the hub
   * @param writeTimeout milliseconds that the hub may take nothing
   */
  constructor(ends: ByteEnds, readonly paths: HubPaths, writeTimeout: number = WRITE_TIMEOUT_MS) {
    this.#ends = ends;
    this.#writeTimeout = writeTimeout;
  }

  /**
   * Writes one or more whole frames; resolves when the system has taken them.
   *
   * @throws {HubGoneError} the hub has closed the connection; the rest of what it said tells why
   * @throws {HubSilentError} it takes nothing
   */
  send(text: string): Promise<void> {
    const written = this.#lastWrite.then(() => this.#write(encoder.encode(text)));
    this.#lastWrite = written.catch(() => {});
    return written;
  }

  /** The frames of the hub, those that arrive together in one array. To be called once. */
  frames(): AsyncGenerator<Frame[], void, void> {
    return frames(this.#chunks());
  }

  /** Ends both directions; what waits to be read or written ends too. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ends.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const taken = await this.#writePart(rest);
      if (taken !== LATE) {
        rest = rest.subarray(taken);
        continue;
      }
      this.#isBroken = true;
      throw new HubSilentError(this.paths, await hubPid(this.paths));
    }
  }

  async #writePart(bytes: Uint8Array): Promise<number | typeof LATE> {
    // A frame was cut off: nothing that is sent after it could be understood.
    if (this.#isBroken || this.#isClosed) throw new HubGoneError(this.paths);
    try {
      return await orLate(this.#writeTimeout, this.#ends.write(bytes));
    } catch (error) {
      this.#isBroken = true;
      throw isEnd(error) ? new HubGoneError(this.paths) : error;
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const length = await this.#read(buffer);
      if (length === null) return;
      yield buffer.subarray(0, length);
      await nextTurn();
    }
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    try {
      return this.#isClosed ? null : await this.#ends.read(buffer);
    } catch (error) {
      // A hub that closes with something unread resets the connection; that is an end like any.
      if (isEnd(error)) return null;
      throw error;
    }
  }
}

/** Whether an error of reading or writing says that the connection is over, from either side. */
function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.BadResource;
}
