/**
 * One connection to a WebSocket server, from its handshake to its end.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Receiver, Sender } from "ws";
import type { SystemClocks } from "../../platform/clocks.ts";
import { BusError } from "../../protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";
import type { Address } from "../address.ts";
import { answerCode, closeReason, CODES, fault } from "./endings.ts";
import { FrameGate, TOO_LONG } from "./frame_gate.ts";
import { closeQuietly, shakeHands, type Upgraded, writeAll } from "./handshake.ts";

/** What a {@linkcode WebsocketConnection} needs. */
export interface WebsocketConnectionOptions {
  readonly address: Address;
  /** Milliseconds between two pings; it is lost when nothing at all came in twice that time. */
  readonly heartbeat: number;
  readonly clocks: SystemClocks;
  /** Is told of each message that is left out because it is too long. */
  readonly onTooLong?: () => void;
}

/** Milliseconds that a server has for its part of the handshake. */
const OPEN_MS = 10_000;

/** Milliseconds that a server has to answer that it is left. */
const CLOSE_MS = 1_000;

/** Milliseconds by which a beat that is late counts as one of a process that stood still. */
const LATE_MS = 1_000;

/** Bytes that are read at once. */
const PIECE = 64 * 1024;

/** Each part of a message may hold on to the whole piece in which it came. */
const LIMITS = { maxPayload: MAX_FRAME_BYTES, maxFragments: 1_024, maxBufferedChunks: 16_384 };

/** Frames that may wait for a server that does not read, before pings and their answers are left out. */
const MOST_UNSENT = 64;

const OPCODES = { text: 1, close: 8, ping: 9, pong: 10 };

/** Reads messages, one piece after the other, and none before those of the last one are taken. */
export class WebsocketConnection {
  readonly #options: WebsocketConnectionOptions;
  readonly #connection: Deno.Conn;
  readonly #gate = new FrameGate(LIMITS.maxPayload);
  #receiver = this.#newReceiver();
  readonly #buffer = new Uint8Array(PIECE);
  #rest: Uint8Array;
  #messages: Uint8Array[] = [];
  #writing: Promise<void> = Promise.resolve();
  #unsent = 0;
  #isLeft = false;
  #hasEnded = false;
  #reason: string | undefined;
  /** Since when a read waits. */
  #waitsSince: number | undefined;
  #callOff: () => void = () => {};

  private constructor(options: WebsocketConnectionOptions, { connection, rest }: Upgraded) {
    this.#options = options;
    this.#connection = connection;
    this.#rest = rest;
    this.#awaitBeat();
  }

  /**
   * Connects. Resolves with nothing where the signal has fired before.
   *
   * @throws {BusError} `failed`: there is no connection to be had
   */
  static async open(
    options: WebsocketConnectionOptions,
    signal: AbortSignal,
  ): Promise<WebsocketConnection | undefined> {
    if (signal.aborted) return undefined;
    const over = new AbortController();
    const giveUp = () => over.abort();
    signal.addEventListener("abort", giveUp);
    const callOff = options.clocks.after(OPEN_MS, giveUp);
    try {
      return new WebsocketConnection(options, await shakeHands(options.address, over.signal));
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!over.signal.aborted) throw error;
      const { name } = options.address;
      throw new BusError("failed", `${name} cannot be reached: it did not answer in time`);
    } finally {
      callOff();
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Sends texts, in their order. */
  send(texts: readonly string[]): void {
    for (const text of texts) this.#write(OPCODES.text, Buffer.from(text));
  }

  /** The messages, until the connection ends or is left; those that came together come together. */
  async *messages(): AsyncGenerator<Uint8Array[], void, void> {
    for (let goesOn = true; goesOn;) {
      goesOn = await this.#advance();
      const messages = this.#messages.splice(0);
      if (messages.length > 0 && !this.#isLeft) yield messages;
    }
  }

  /** Why it ended. */
  get reason(): string {
    return this.#reason ?? "the connection was lost";
  }

  /** Takes leave of the server. What it sent before it answers that is left out. */
  leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#callOff();
    if (!this.#hasEnded) this.#close(CODES.left);
    this.#callOff = this.#options.clocks.after(CLOSE_MS, () => this.#giveUp());
  }

  /** Lets go of it, after all messages are taken or none is wanted any more. */
  async close(): Promise<void> {
    this.leave();
    while (await this.#advance()) this.#messages = [];
    this.#callOff();
    closeQuietly(this.#connection);
  }

  /** Reads a piece. Returns whether there may be another one. */
  async #advance(): Promise<boolean> {
    if (this.#hasEnded) return false;
    const piece = this.#rest.length > 0 ? this.#rest : await this.#read();
    this.#rest = new Uint8Array();
    if (!piece) {
      this.#hasEnded = true;
      return false;
    }
    for (const part of this.#gate.pass(piece)) {
      if (part === TOO_LONG) this.#leaveOut();
      else await new Promise<void>((resolve) => this.#receiver.write(part, () => resolve()));
      if (this.#hasEnded) return false;
    }
    return true;
  }

  #newReceiver(): Receiver {
    return new Receiver(LIMITS)
      .on("message", (data) => this.#messages.push(data))
      .on("ping", (data) => this.#control(OPCODES.pong, data))
      .on("conclude", (code, reason) => {
        this.#conclude(answerCode(code), closeReason(code, reason));
      })
      .on("error", (error) => this.#conclude(...fault(error)));
  }

  /** Between two frames another receiver can go on, and knows nothing of what the message had before. */
  #leaveOut(): void {
    this.#receiver = this.#newReceiver();
    if (!this.#isLeft) this.#options.onTooLong?.();
  }

  async #read(): Promise<Uint8Array | undefined> {
    this.#waitsSince = this.#options.clocks.monotonic();
    try {
      const length = await this.#connection.read(this.#buffer);
      // What of it has to be kept must not be overwritten by the next one.
      return length === null ? undefined : this.#buffer.slice(0, length);
    } catch {
      return undefined;
    } finally {
      this.#waitsSince = undefined;
    }
  }

  /** Nothing that comes now counts. */
  #conclude(code: number, reason: string): void {
    this.#reason ??= reason;
    if (!this.#isLeft) this.#close(code);
    this.#hasEnded = true;
  }

  #close(code: number): void {
    const data = Buffer.alloc(2);
    data.writeUInt16BE(code);
    this.#write(OPCODES.close, data);
  }

  #control(opcode: number, data: Uint8Array): void {
    if (!this.#isLeft && this.#unsent < MOST_UNSENT) this.#write(opcode, data);
  }

  #write(opcode: number, data: Uint8Array): void {
    const frame = Sender.frame(data, {
      opcode,
      fin: true,
      mask: true,
      readOnly: true,
      rsv1: false,
    });
    this.#unsent++;
    this.#writing = this.#writing
      .then(() => writeAll(this.#connection, Buffer.concat(frame)))
      // Where nothing can be written, nothing comes any more: that is what ends it.
      .catch(() => {})
      .finally(() => this.#unsent--);
  }

  #giveUp(reason?: string): void {
    this.#reason ??= reason;
    this.#hasEnded = true;
    closeQuietly(this.#connection);
  }

  #awaitBeat(): void {
    const { clocks, heartbeat } = this.#options;
    const due = clocks.monotonic() + heartbeat;
    this.#callOff = clocks.after(heartbeat, () => {
      const now = clocks.monotonic();
      // A process that stood still has not yet read what came meanwhile.
      const isLate = now - due > LATE_MS;
      if (this.#waitsSince !== undefined && isLate) this.#waitsSince = now;
      // Who holds back what came does not read, and hears nobody.
      if (this.#waitsSince !== undefined && now - this.#waitsSince >= 2 * heartbeat) {
        return this.#giveUp(
          `nothing came for ${2 * heartbeat / 1000} s, no answer to a ping either`,
        );
      }
      this.#control(OPCODES.ping, new Uint8Array());
      this.#awaitBeat();
    });
  }
}
