/**
 * A connection in memory: the hub's ends of it, and the peer at the other side, who can do all that a
 * peer on a unix socket does, at the moment that a test chooses.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import type { ByteEnds } from "../../lib/platform/byte_ends.ts";
import { nextTurn } from "../../lib/platform/turn.ts";

/** Turns of the event loop after which what was to come is taken to be missing. */
const PATIENCE_TURNS = 5_000;

/** Waits for a condition, but not for ever: says what was missing. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn === PATIENCE_TURNS) throw new AssertionError(`Nothing came of it: ${what}`);
    await nextTurn();
  }
}

/** Lets everything happen that needs no time, so that what has not happened will not. */
export async function settle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

/** A frame as it reached the peer. */
export type Received = Record<string, unknown>;

const encoder = new TextEncoder();

/** The other side of a connection. Frames are given and taken as text, without their line ends. */
export class Peer {
  /** The hub's ends. */
  readonly ends: ByteEnds;
  /** Whether the hub has closed the connection. */
  isClosed = false;
  /** Bytes that the system has taken from the hub. */
  takenBytes = 0;
  /** Writes of which the system has taken something. */
  writes = 0;
  /** Bytes of the largest read. */
  largestRead = 0;
  #toHub: Uint8Array[] = [];
  #ended = false;
  #gone = false;
  #room = Infinity;
  #wake: (() => void)[] = [];
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #text = "";
  readonly #holdsWrites: boolean;

  /**
   * @param options `holdsWrites`: the system does not give a write back when the hub closes the
   * connection under it, but when the peer is gone, as some versions of the runtime do
   */
  constructor({ holdsWrites = false } = {}) {
    this.#holdsWrites = holdsWrites;
    this.ends = {
      read: (buffer) => this.#read(buffer),
      write: (bytes) => this.#write(bytes),
      close: () => {
        this.isClosed = true;
        this.#stir();
      },
    };
  }

  /** Sends bytes as they are; each piece reaches the hub in a read of its own, or in several. */
  sendBytes(...pieces: (string | Uint8Array)[]): void {
    for (const piece of pieces) {
      const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
      if (bytes.length > 0) this.#toHub.push(bytes);
    }
    this.#stir();
  }

  /** Sends frames, each in a piece of its own. An object is sent as its JSON. */
  send(...frames: (string | Received)[]): void {
    this.sendBytes(...frames.map((frame) => `${textOf(frame)}\n`));
  }

  /** Sends frames that arrive together. */
  sendAtOnce(...frames: (string | Received)[]): void {
    this.sendBytes(frames.map((frame) => `${textOf(frame)}\n`).join(""));
  }

  /** Sends nothing more, but goes on reading. */
  end(): void {
    this.#ended = true;
    this.#stir();
  }

  /** Is gone: nothing more comes from it, and what is written to it fails. */
  vanish(): void {
    this.#ended = true;
    this.#gone = true;
    this.#stir();
  }

  /** What is written to it fails; it still sends. */
  goDeaf(): void {
    this.#gone = true;
    this.#stir();
  }

  /** Takes nothing of what is written to it. */
  stall(): void {
    this.#room = 0;
  }

  /** Takes so many bytes more. */
  take(bytes: number): void {
    this.#room += bytes;
    this.#stir();
  }

  /** Takes whatever comes, again. */
  flow(): void {
    this.take(Infinity);
  }

  /** Bytes sent that the hub has not read. */
  get unread(): number {
    return this.#toHub.reduce((sum, { length }) => sum + length, 0);
  }

  /** Whether a whole frame has come that was not asked for yet. */
  get hasLine(): boolean {
    return this.#text.includes("\n");
  }

  /** The next frame's text. */
  async line(): Promise<string> {
    await until(() => this.hasLine || this.isClosed, "the hub's next frame");
    const end = this.#text.indexOf("\n");
    if (end === -1) throw new AssertionError("The hub closed the connection without a frame");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  /** The next frame. */
  async frame(): Promise<Received> {
    return JSON.parse(await this.line());
  }

  /** The next so many frames. */
  async frames(count: number): Promise<Received[]> {
    const frames: Received[] = [];
    while (frames.length < count) frames.push(await this.frame());
    return frames;
  }

  /** Every frame until the hub closes the connection. */
  async rest(): Promise<Received[]> {
    await until(() => this.isClosed, "the hub's close");
    const lines = this.#text.split("\n");
    const half = lines.pop();
    if (half !== "") throw new AssertionError(`The hub closed within a frame: ${half}`);
    this.#text = "";
    return lines.map((line) => JSON.parse(line));
  }

  /** Every frame that is there without waiting for anything but turns. */
  async whatCame(): Promise<Received[]> {
    await settle();
    const frames: Received[] = [];
    while (this.hasLine) frames.push(await this.frame());
    return frames;
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.isClosed) throw new Deno.errors.BadResource("closed");
      const piece = this.#toHub[0];
      if (piece) {
        const part = piece.subarray(0, buffer.length);
        buffer.set(part);
        if (part.length === piece.length) this.#toHub.shift();
        else this.#toHub[0] = piece.subarray(part.length);
        this.largestRead = Math.max(this.largestRead, part.length);
        return part.length;
      }
      if (this.#ended) return null;
      await this.#stirred();
    }
  }

  async #write(bytes: Uint8Array): Promise<number> {
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    for (;;) {
      if (this.#gone) throw new Deno.errors.BrokenPipe("the peer is gone");
      if (this.isClosed && !this.#holdsWrites) throw new Deno.errors.Interrupted("closed");
      const taken = Math.min(bytes.length, this.#room);
      if (taken > 0 && !this.isClosed) {
        this.#room -= taken;
        this.takenBytes += taken;
        this.writes++;
        this.#text += this.#decoder.decode(bytes.subarray(0, taken), { stream: true });
        return taken;
      }
      await this.#stirred();
    }
  }

  #stirred(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const callback of wake) callback();
  }
}

function textOf(frame: string | Received): string {
  return typeof frame === "string" ? frame : JSON.stringify(frame);
}
