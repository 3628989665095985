/**
 * The one way from the hub to a peer's socket.
 *
 * @module
 */

import type { Channel } from "../hub/channel.ts";
import type { Clock } from "../hub/clock.ts";
import type { Ledger } from "../hub/ledger.ts";
import type { ByteEnds } from "../platform/byte_ends.ts";
import { inNextTurn } from "../platform/turn.ts";
import { encode } from "../protocol/codec.ts";
import type { Message } from "../protocol/messages.ts";
import { BATCH_BYTES } from "./limits.ts";

/**
 * The writes of all peers. Where their part of the memory is used up, no further one is laid out until
 * one ends.
 */
export class Outflow {
  readonly #waiting = new Set<Writer>();

  /** @param consumers how many share the memory now */
  constructor(readonly ledger: Ledger, private readonly consumers: () => number) {}

  /**
   * Bytes that one batch may have now: all batches together stay within a quarter of the memory,
   * however many consumers there are.
   */
  get batchBytes(): number {
    return Math.min(BATCH_BYTES, this.ledger.limit / 4 / Math.max(1, this.consumers()));
  }

  /** Whether a batch may be laid out; if not, its writer is woken when it may. */
  admits(writer: Writer, bytes: number): boolean {
    if (this.ledger.hasRoomToWrite(bytes)) return true;
    this.#waiting.add(writer);
    return false;
  }

  /** A batch is written, failed, or given up. */
  ended(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const writer of waiting) writer.wake();
  }
}

const encoder = new TextEncoder();

/**
 * Writes control frames and a channel's events to one peer.
 *
 * - **One write in flight.** What comes meanwhile gathers for the next.
 * - **Whole frames.** Control frames go between two frames of the channel, ahead of those that wait.
 * - **A failed write** ends the writing alone; what is said after it goes nowhere.
 */
export class Writer {
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #channel: Channel | undefined;
  #scheduled = false;
  #running = false;
  #batchOut = false;
  #over = false;
  #letsGo = false;
  #progressedAt = 0;
  #onQuiet: (() => void)[] = [];

  constructor(
    private readonly ends: ByteEnds,
    private readonly outflow: Outflow,
    private readonly clock: Clock,
  ) {}

  /** Since when the system has taken nothing of the write that is out; the hub's time. */
  get stalledSince(): number | undefined {
    return this.#running ? this.#progressedAt : undefined;
  }

  /** Whether a write is out. */
  get isWriting(): boolean {
    return this.#running;
  }

  /** Whether a write has failed, so that nothing can be said to this peer any more. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Bytes of control frames that the peer has not taken. */
  get unreadBytes(): number {
    return this.#controlBytes;
  }

  /** Says something to the peer; goes out in the next turn. */
  say(message: Message): void {
    if (this.#over) return;
    const frame = encoder.encode(encode(message));
    this.#control.push(frame);
    this.#controlBytes += frame.length;
    this.outflow.ledger.charge(frame.length);
    this.wake();
  }

  /** From now on the events of a channel go out too. */
  attach(channel: Channel): void {
    this.#channel = channel;
    this.wake();
  }

  /** There is something to write. */
  wake(): void {
    if (this.#scheduled || this.#running || this.#over) return;
    this.#scheduled = true;
    inNextTurn(this.#start);
  }

  /** Resolves when everything is written, or nothing more can be. */
  async quiet(): Promise<void> {
    while (!this.#isQuiet) await new Promise<void>((resolve) => this.#onQuiet.push(resolve));
  }

  /** Resolves when no write is out: the system may hold one long after its connection is closed. */
  async returned(): Promise<void> {
    while (this.#running) await new Promise<void>((resolve) => this.#onQuiet.push(resolve));
  }

  /** Resolves when the peer has taken so much that no more than this is unread. */
  async unreadBelow(bytes: number): Promise<void> {
    while (this.#controlBytes > bytes && !this.#over && !this.#letsGo) {
      await new Promise<void>((resolve) => this.#onQuiet.push(resolve));
    }
  }

  /** From now on nobody is held back by what the peer leaves unread. */
  letGo(): void {
    this.#letsGo = true;
    this.#tell();
  }

  /** Nothing more is written; what is out may still be held by the system. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.outflow.ledger.release(this.#controlBytes);
    this.#control = [];
    this.#controlBytes = 0;
    // The others need not wait for a write that the system may never give back.
    this.#channel?.giveUpBatch();
    this.#channel?.pace.hinder(false);
    this.#endBatch();
    this.#tell();
  }

  readonly #start = (): void => {
    this.#scheduled = false;
    void this.#run();
  };

  async #run(): Promise<void> {
    if (this.#running || this.#over) return;
    this.#running = true;
    this.#progressedAt = this.clock.now();
    try {
      while (!this.#over) {
        if (this.#control.length > 0) await this.#writeControl();
        else if (this.#mayLayOut()) await this.#writeBatch();
        // Nothing may be awaited from here to the end: what is said meanwhile would wake nobody.
        else break;
      }
    } catch {
      // The peer is gone, or the connection was closed under the write. Why, its reader will learn.
      this.abandon();
    }
    this.#running = false;
    this.#tell();
  }

  async #writeControl(): Promise<void> {
    const frames = this.#control;
    this.#control = [];
    for (const frame of frames) {
      for (let at = 0; at < frame.length && !this.#over;) {
        at += await this.ends.write(frame.subarray(at));
        this.#progressedAt = this.clock.now();
      }
      if (this.#over) return;
      this.#controlBytes -= frame.length;
      this.outflow.ledger.release(frame.length);
      this.#tell();
    }
  }

  /** Whether there are events to write, and room for it; where there is none this is woken later. */
  #mayLayOut(): boolean {
    const channel = this.#channel;
    if (!channel || channel.isEmpty) return false;
    if (this.outflow.admits(this, channel.nextBatchBytes(this.outflow.batchBytes))) return true;
    channel.pace.hinder(true);
    return false;
  }

  async #writeBatch(): Promise<void> {
    const channel = this.#channel;
    if (!channel) return;
    const batch = channel.layOut(this.outflow.batchBytes);
    this.#batchOut = true;
    try {
      while (batch.restBytes > 0) {
        channel.taken(await this.ends.write(batch.rest));
        this.#progressedAt = this.clock.now();
      }
    } finally {
      channel.dropBatch();
      this.#endBatch();
    }
  }

  #endBatch(): void {
    if (!this.#batchOut) return;
    this.#batchOut = false;
    this.outflow.ended();
  }

  get #isQuiet(): boolean {
    if (this.#over) return true;
    const empty = this.#control.length === 0 && (this.#channel?.isEmpty ?? true);
    return empty && !this.#running && !this.#scheduled;
  }

  #tell(): void {
    const callbacks = this.#onQuiet;
    this.#onQuiet = [];
    for (const callback of callbacks) callback();
  }
}
