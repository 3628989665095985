/**
 * A connection in memory.
 *
 * @module
 */

import type { ByteEnds } from "../../lib/platform/byte_ends.ts";

/** Bytes on their way in one direction. */
class Direction {
  #bytes: number[] = [];
  #changed: (() => void)[] = [];
  /** No more will be written. */
  isEnded = false;
  /** Nobody reads any more. */
  isDeaf = false;

  constructor(private readonly capacity: number) {}

  get length(): number {
    return this.#bytes.length;
  }

  get room(): number {
    return this.capacity - this.#bytes.length;
  }

  put(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.room);
    this.#bytes.push(...part);
    this.change();
    return part.length;
  }

  take(buffer: Uint8Array): number {
    const part = this.#bytes.splice(0, buffer.length);
    buffer.set(part);
    this.change();
    return part.length;
  }

  change(): void {
    const changed = this.#changed;
    this.#changed = [];
    for (const resolve of changed) resolve();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }
}

/** One end of a pair, with what a test wants to look at. */
export class MemoryEnd implements ByteEnds {
  #isClosed = false;

  constructor(private readonly incoming: Direction, private readonly outgoing: Direction) {}

  /** Bytes that the other end has not read yet. */
  get unread(): number {
    return this.outgoing.length;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#isClosed) throw new Deno.errors.Interrupted("closed");
      if (this.incoming.length > 0) return this.incoming.take(buffer);
      if (this.incoming.isEnded) return null;
      await this.incoming.changed();
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    for (;;) {
      if (this.#isClosed) throw new Deno.errors.Interrupted("closed");
      if (this.outgoing.isDeaf) throw new Deno.errors.BrokenPipe("nobody reads");
      if (this.outgoing.room > 0) return this.outgoing.put(bytes);
      await this.outgoing.changed();
    }
  }

  close(): void {
    if (this.#isClosed) throw new Deno.errors.BadResource("closed twice");
    this.#isClosed = true;
    this.outgoing.isEnded = true;
    this.incoming.isDeaf = true;
    this.outgoing.change();
    this.incoming.change();
  }
}

/** Makes the two ends of a connection that holds so many bytes in each direction. */
export function memoryPair(capacity: number = 64 * 1024): [MemoryEnd, MemoryEnd] {
  const [one, other] = [new Direction(capacity), new Direction(capacity)];
  return [new MemoryEnd(one, other), new MemoryEnd(other, one)];
}
