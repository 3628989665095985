/**
 * A connection of `node:net` as a pair of byte ends.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { ByteEnds } from "../platform/byte_ends.ts";

/** Bytes of one write: a stream says nothing of a part, and a peer's time counts from part to part. */
const PART_BYTES = 64 * 1024;

/** A connection that is paused until it is read from. */
export class SocketEnds implements ByteEnds {
  readonly #socket: Socket;
  #ended = false;
  #changed: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A stream is destroyed when a write to it fails, and what its peer had sent is lost. So the
    // failure is kept from it.
    const write = socket._write.bind(socket);
    socket._write = (bytes, encoding, done) =>
      write(bytes, encoding, (error) => {
        this.#failure ??= error ?? undefined;
        done();
      });
    const change = () => this.#changed?.();
    socket.on("readable", change);
    socket.on("end", () => {
      this.#ended = true;
      change();
    });
    socket.on("close", change);
    // What went wrong shows in the next read or write.
    socket.on("error", change);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const length = Math.min(buffer.length, this.#socket.readableLength);
      const bytes: Uint8Array | null = length === 0 ? null : this.#socket.read(length);
      if (bytes) {
        buffer.set(bytes);
        return bytes.length;
      }
      if (this.#ended || this.#socket.destroyed) return null;
      // An empty read asks the stream to fetch more.
      this.#socket.read(0);
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, PART_BYTES);
    return new Promise((resolve, reject) => {
      this.#socket.write(part, (error) => {
        const failure = error ?? this.#failure;
        if (failure) reject(failure);
        else resolve(part.length);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
