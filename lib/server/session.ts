/**
 * One connection's life.
 *
 * @module
 */

import { PATIENCE_MS } from "../hub/limits.ts";
import type { ByteEnds } from "../platform/byte_ends.ts";
import { nextTurn } from "../platform/turn.ts";
import { type Frame, frames, LINES_AT_ONCE } from "../protocol/framing.ts";
import { giveBack } from "../protocol/give_back.ts";
import { FIRST_FRAME_TIMEOUT_MS, WRITE_TIMEOUT_MS } from "../protocol/limits.ts";
import { Lines } from "../protocol/lines.ts";
import { errorMessage, type SourceInfo } from "../protocol/messages.ts";
import type { Host } from "./host.ts";
import { BYTES_OF_A_LINE, LARGE_READ, MAX_UNREAD_ANSWERS, SMALL_READ } from "./limits.ts";
import type { Role } from "./role.ts";
import { Writer } from "./writer.ts";

/** What is said to one for whom there is no place. */
export const FULL = "the hub has no room for another connection";

/** What is wrong with a peer, found at one look and acted upon at the next if it still holds. */
type Suspicion = "late" | "stalled" | "unheard";

/**
 * Reads a connection and lets its role deal with what comes, until one of three ends:
 * {@linkcode Session.finish} (what was said to the peer is written first), {@linkcode Session.cut}
 * (nothing more is written), or the end of the stream, which is the role's to judge.
 */
export class Session {
  readonly writer: Writer;
  #role: Role;
  #firstFrameDue: number | undefined;
  #hasSpoken = false;
  #suspicion: Suspicion | undefined;
  #unheardSince: number | undefined;
  #unfinished = 0;
  #held = 0;
  #readBuffer = 0;
  #reading = false;
  #stopDue = false;
  /** Resolves when it is told to stop; until then it reads no more. */
  #halt: PromiseWithResolvers<void> | undefined;
  #finishing = false;
  #closed = false;

  /**
   * @param ends the connection
   * @param host the hub's process
   * @param newcomer makes what the connection is until its first frame has said it
   */
  constructor(
    private readonly ends: ByteEnds,
    readonly host: Host,
    newcomer: (session: Session) => Role,
  ) {
    this.writer = new Writer(ends, host.outflow, host.clock);
    this.#role = newcomer(this);
    this.#firstFrameDue = host.clock.now() + FIRST_FRAME_TIMEOUT_MS;
  }

  /** Bytes held of what cannot be dealt with yet: a line that is not whole, frames of a waiting one. */
  get unfinishedBytes(): number {
    return this.#unfinished + this.#role.keptBytes;
  }

  /** Whether a hub that leaves when nobody needs it stays for this connection. */
  get keepsHub(): boolean {
    return this.#role.keepsHub;
  }

  /** Since when it has sent no whole frame; nothing once one has come, or its end has begun. */
  get silentSince(): number | undefined {
    // One whose words wait to be dealt with is not silent, however many came before it.
    if (this.#firstFrameDue === undefined || this.#hasSpoken || this.#finishing) return undefined;
    return this.#firstFrameDue - FIRST_FRAME_TIMEOUT_MS;
  }

  /** Bytes of answers that the peer has not taken. */
  get unreadBytes(): number {
    return this.writer.unreadBytes;
  }

  /** Whether it has taken nothing of what is written to it for so long that nobody waits for it. */
  isStuck(now: number): boolean {
    const since = this.writer.stalledSince;
    return since !== undefined && now - since >= PATIENCE_MS;
  }

  /** Whether a peer over a limit may still be told so; false once its end has begun. */
  get isOpen(): boolean {
    return !this.#finishing;
  }

  /** Lives the connection's life. Resolves when it is closed; never rejects. */
  async run(): Promise<void> {
    try {
      const held = (unfinished: number, arrived: number) => this.#hold(unfinished, arrived);
      const together = () => this.#role.takeLine !== undefined;
      for await (const batch of frames(this.#chunks(), { held, together })) {
        if (batch instanceof Lines || batch.length > 0) this.#hasSpoken = true;
        // Newcomers are often those who only ask how the hub is, and wait for no flood of others.
        if (this.#firstFrameDue !== undefined) await this.host.hearings.spend(1);
        else await this.host.budget.spend(LINES_AT_ONCE);
        if (batch instanceof Lines) await this.#takeLines(batch);
        else await this.#takeFrames(batch);
        if (this.#finishing) break;
      }
      if (!this.#finishing) this.#role.end();
    } catch (error) {
      // A defect of ours; it must cost this connection alone.
      this.host.log.limited("defect", `a connection failed: ${error}`);
      this.#role.stalled();
      this.cut();
    }
    await this.writer.quiet();
    this.#close();
  }

  async #takeFrames(batch: readonly Frame[]): Promise<void> {
    for (const frame of batch) {
      if (this.#finishing) return;
      const dealtWith = this.#role.take(frame);
      if (dealtWith) await dealtWith;
      if (this.writer.unreadBytes > MAX_UNREAD_ANSWERS) {
        await this.writer.unreadBelow(MAX_UNREAD_ANSWERS);
      }
    }
  }

  async #takeLines(lines: Lines): Promise<void> {
    while (!this.#finishing && lines.next()) {
      const dealtWith = this.#role.takeLine?.(lines);
      if (dealtWith) await dealtWith;
      if (this.writer.unreadBytes > MAX_UNREAD_ANSWERS) {
        await this.writer.unreadBelow(MAX_UNREAD_ANSWERS);
      }
    }
  }

  /** What the connection is from now on. */
  become(role: Role): void {
    this.#role = role;
  }

  /** The first frame came in time. */
  firstFrameCame(): void {
    this.#firstFrameDue = undefined;
  }

  /** Says why the connection ends, then {@linkcode finish}es it. */
  refuse(code: string, message: string): void {
    this.writer.say(errorMessage(code, message));
    this.finish();
  }

  /** Takes no more frames; closes when what was said is written. */
  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.writer.quiet().then(() => this.#close());
  }

  /** Closes at once. What is being written is given up. */
  cut(): void {
    this.#finishing = true;
    this.writer.abandon();
    this.#close();
  }

  /** A source of the hub has changed its state. */
  sourceChanged(info: SourceInfo): void {
    if (this.isOpen) this.#role.sourceChanged?.(info);
  }

  /** The hub is about to stop: what was read is dealt with, and no more is read. */
  halt(): void {
    this.#halt ??= Promise.withResolvers();
  }

  /** The hub stops: the role is told as soon as the frames read so far are dealt with. */
  stop(): void {
    this.#stopDue = true;
    if (this.#reading) this.#tellStop();
    this.#halt?.resolve();
  }

  /** The memory is used up: gives back what is held of an unfinished line, and ends. */
  giveUpLine(): void {
    // Where its end has begun it was told why.
    if (this.isOpen) this.#role.overLimit();
    this.finish();
    this.#hold(0, 0);
  }

  /** The memory is used up, and it takes nothing of an event of which a part is out. */
  giveUpFrame(): void {
    this.#role.overLimit();
    this.cut();
  }

  /** It was silent for too long, beside too many others. */
  giveUpPlace(others: number): void {
    const who = others === 1 ? "another one that came later is" : `${others} that came later are`;
    this.refuse("limit", `${who} as silent`);
  }

  /** There is no place for it, and it had no question. */
  turnAway(): void {
    this.refuse("limit", FULL);
  }

  /** Too many leave too much unread, and this one most of all. */
  giveUpAnswers(): void {
    this.#role.stalled();
    this.cut();
  }

  /**
   * Holds its deadlines against the peer, at the second look that finds it wanting: the hub may
   * itself have been stopped, or busy, and what the peer did may be waiting to be seen.
   *
   * @returns whether it is under suspicion and should be looked at again soon
   */
  look(now: number): boolean {
    if (this.#closed) return false;
    const suspicion = this.#suspect(now);
    if (suspicion === undefined || suspicion !== this.#suspicion) {
      this.#suspicion = suspicion;
      return suspicion !== undefined;
    }
    this.#suspicion = undefined;
    if (suspicion === "late") {
      this.refuse("timeout", `no whole frame within ${FIRST_FRAME_TIMEOUT_MS / 1000} s`);
    } else if (suspicion === "unheard") {
      this.#unheardSince = Infinity;
      this.#role.unheard();
    } else {
      this.#role.stalled();
      this.cut();
    }
    return false;
  }

  #suspect(now: number): Suspicion | undefined {
    if (this.#firstFrameDue !== undefined && !this.#finishing && now >= this.#firstFrameDue) {
      return "late";
    }
    const stalledSince = this.writer.stalledSince;
    if (stalledSince !== undefined && now - stalledSince >= WRITE_TIMEOUT_MS) return "stalled";
    if (!this.writer.isOver || this.#finishing) return undefined;
    this.#unheardSince ??= now;
    return now - this.#unheardSince >= WRITE_TIMEOUT_MS ? "unheard" : undefined;
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    let buffer = new Uint8Array(SMALL_READ);
    try {
      for (;;) {
        if (this.#halt) await this.#halt.promise;
        if (this.#stopDue) this.#tellStop();
        if (this.#finishing) return;
        const length = await this.#read(buffer);
        if (length === null) return;
        if (length > SMALL_READ) await this.host.budget.spend(length / BYTES_OF_A_LINE);
        yield buffer.subarray(0, length);
        const wanted = wantedRead(length, buffer.length);
        if (wanted !== buffer.length) {
          giveBack(buffer);
          buffer = this.#newBuffer(wanted);
        }
        await nextTurn();
      }
    } finally {
      giveBack(buffer);
      this.#newBuffer(0);
    }
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    this.#reading = true;
    try {
      return await this.ends.read(buffer);
    } catch {
      // Closed by us, or reset by a peer that left without reading all: either way nothing comes.
      return null;
    } finally {
      this.#reading = false;
    }
  }

  #newBuffer(size: number): Uint8Array<ArrayBuffer> {
    // A small one belongs to the connection; only what a peer makes grow is charged.
    const charged = size > SMALL_READ ? size : 0;
    this.#charge(charged - this.#readBuffer);
    this.#readBuffer = charged;
    return new Uint8Array(size);
  }

  #hold(unfinished: number, arrived: number): void {
    // Once its end has begun nothing is held for it that somebody could still want back. And what
    // fits a small read is dealt with where it lies.
    const over = this.#finishing || this.#closed;
    const before = this.#unfinished;
    this.#unfinished = over ? 0 : unfinished;
    const held = over ? 0 : unfinished + (arrived > SMALL_READ ? arrived : 0);
    const change = held - this.#held;
    this.#held = held;
    // Last, and with all noted: either may cost this very connection, and come back here.
    if (this.#unfinished !== before) this.host.unfinished(this.#unfinished - before);
    this.#charge(change);
  }

  #charge(change: number): void {
    const { ledger } = this.host.hub;
    if (change > 0) ledger.charge(change);
    else if (change < 0) ledger.release(-change);
  }

  #tellStop(): void {
    this.#stopDue = false;
    if (!this.#finishing) this.#role.stop();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#halt?.resolve();
    this.#hold(0, 0);
    this.ends.close();
    this.host.closed(this);
  }
}

/** Bytes of the next read: many where the last one was full, few where a few came. */
function wantedRead(came: number, room: number): number {
  if (came === room) return LARGE_READ;
  return came < SMALL_READ ? SMALL_READ : room;
}
