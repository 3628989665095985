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
import { BATCH_BYTES, LEAST_BATCH_BYTES } from "./limits.ts";

/** The writes of all peers, and the memory that they share. */
export class Outflow {
  /** @param consumers how many share the memory now */
  constructor(readonly ledger: Ledger, private readonly consumers: () => number) {}

  /**
   * Bytes that one batch may have now: all batches together stay within a quarter of the memory,
   * however many consumers there are. What stuck ones have laid out, and those among them that are
   * gone but for the system, comes to half of it at most, for the rest get less and less: nobody ever
   * waits for the write of another.
   */
  get batchBytes(): number {
    const { limit, roomToWrite } = this.ledger;
    const share = limit / 4 / Math.max(1, this.consumers());
    return Math.max(LEAST_BATCH_BYTES, Math.min(BATCH_BYTES, share, roomToWrite / 2));
  }
}

const encoder = new TextEncoder();

/**
 * Writes control frames and a channel's events to one peer.
 *
 * - **One write in flight.** What comes meanwhile gathers for the next.
 * - **Whole frames.** Control frames go between two frames of the channel, ahead of those that wait;
 *   one of these that goes out in pieces is finished first.
 * - **A failed write** ends the writing alone; what is said after it goes nowhere.
 */
export class Writer {
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #channel: Channel | undefined;
  #scheduled = false;
  #running = false;
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

  /** Bytes of an event that is held for this peer alone, since a piece of it is out; else 0. */
  get longBytes(): number {
    return this.#channel?.longBytes ?? 0;
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
    this.#channel?.giveUp();
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
        const channel = this.#channel;
        if (this.#control.length > 0 && !channel?.isWithinFrame) await this.#writeControl();
        else if (channel && !channel.isEmpty) await this.#writeBatch(channel);
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

  async #writeBatch(channel: Channel): Promise<void> {
    const batch = channel.layOut(this.outflow.batchBytes);
    try {
      while (batch.restBytes > 0) {
        channel.taken(await this.ends.write(batch.rest));
        this.#progressedAt = this.clock.now();
      }
    } finally {
      channel.dropBatch();
    }
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
