/**
 * A connection that consumes.
 *
 * @module
 */

import type { Consumer, EndReason, HubReason } from "../hub/consumer.ts";
import { printable } from "../platform/printable.ts";
import { decode } from "../protocol/codec.ts";
import { BadFrameError, FrameTooLargeError } from "../protocol/errors.ts";
import type { Frame } from "../protocol/framing.ts";
import {
  type Bye,
  bye,
  type Hello,
  helloAck,
  preShutdownAck,
  type PreShutdownCheck,
  preShutdownCheck,
  type RejectCode,
  rejection,
  type SetupDone,
  type SourceInfo,
  sourceStatus,
} from "../protocol/messages.ts";
import {
  DRAIN_MS,
  KEPT_OVERHEAD,
  LAST_FRAME_MS,
  MAX_KEPT_BYTES,
  MAX_UNREAD_ANSWERS,
} from "./limits.ts";
import type { Role } from "./role.ts";
import type { Session } from "./session.ts";
import { within } from "../platform/within.ts";

/** Characters of a key in the log. */
const LONGEST_KEY = 200;

/** What a consumer may say after its hello. */
type Remark = PreShutdownCheck | SetupDone | Bye;

/**
 * Registers, then gives the channel's events to the writer and answers checks. While the hello waits
 * for its key, what comes is kept and dealt with after the ack; a `bye` counts at once.
 */
export class Consuming implements Role {
  readonly keepsHub = true;
  readonly #consumer: Consumer;
  #isSettled = false;
  #kept: Remark[] = [];
  #keptText = 0;
  #keptCharge = 0;

  constructor(private readonly session: Session, hello: Hello) {
    this.#consumer = session.host.hub.join(hello, {
      admitted: (first) => this.#admitted(first),
      rejected: (code, reason) => this.#rejected(code, reason),
      wake: () => session.writer.wake(),
    });
  }

  get keptBytes(): number {
    return this.#keptCharge;
  }

  take(frame: Frame): void {
    if (frame instanceof FrameTooLargeError) {
      return this.#isSettled ? this.#close("protocol") : this.#giveUp(frame.code, frame.message);
    }
    if (typeof frame !== "string") return this.#skip(frame.message);
    const remark = this.#understand(frame);
    if (!remark) return;
    if (this.#isSettled && this.#kept.length === 0) return this.#handle(remark);
    if (remark.type === "bye") return this.#leave("bye");
    this.#kept.push(remark);
    this.#keptText += frame.length;
    this.#chargeKept(frame.length + KEPT_OVERHEAD);
    // The charge may have been what filled the memory, and so have cost this very connection.
    if (this.session.isOpen && this.#keptText > MAX_KEPT_BYTES) {
      // To read no more would be not to learn that it has gone.
      this.#giveUp("limit", `more than ${MAX_KEPT_BYTES} bytes were sent while the hello waited`);
    }
  }

  end(): void {
    this.#leave("eof");
  }

  sourceChanged(info: SourceInfo): void {
    const { writer } = this.session;
    const isTaking = this.#consumer.state === "registered" && !this.#consumer.channel.isFull;
    // Best effort: who reads nothing must not be sent more and more of it.
    if (isTaking && writer.unreadBytes < MAX_UNREAD_ANSWERS) writer.say(sourceStatus(info));
  }

  stop(): void {
    void this.#drain();
  }

  stalled(): void {
    this.#gone("slow");
  }

  overLimit(): void {
    if (this.#isSettled) this.#close("limit");
    else this.#giveUp("limit", "the hub's memory is used up");
  }

  unheard(): void {
    this.#leave("eof");
  }

  #admitted(first: boolean): void {
    const { writer, host } = this.session;
    writer.say(helloAck({ first_for_key: first, ...host.introduction() }));
    this.#settle();
  }

  #rejected(code: RejectCode, reason: string): void {
    this.session.host.log.limited(code, `hello rejected: ${reason}`);
    this.#forgetKept();
    this.session.writer.say(rejection(code, reason));
    this.session.finish();
    this.#settle();
  }

  #settle(): void {
    this.#isSettled = true;
    // Not within the hub's call that admitted it: a check that was kept may reserve its key anew.
    queueMicrotask(() => {
      if (this.#consumer.state === "registered") {
        this.session.writer.attach(this.#consumer.channel);
      }
      const kept = this.#kept;
      this.#forgetKept();
      for (const remark of kept) if (this.session.isOpen) this.#handle(remark);
    });
  }

  /**
   * Before anything is said or anybody else gets on for it: what that takes may be looked for at who
   * holds most, and one that is gone has nothing more to give.
   */
  #forgetKept(): void {
    this.#kept = [];
    this.#chargeKept(-this.#keptCharge);
  }

  #chargeKept(bytes: number): void {
    const { ledger } = this.session.host.hub;
    this.#keptCharge += bytes;
    this.session.host.unfinished(bytes);
    if (bytes > 0) ledger.charge(bytes);
    else ledger.release(-bytes);
  }

  /** What a frame asks for; nothing where it is skipped. Keeps no part of the frame's text. */
  #understand(frame: string): Remark | undefined {
    const message = decode(frame);
    if (message instanceof BadFrameError) {
      // An answer is owed all the same, for who asks waits for it: without a key it is no.
      if (message.frameType === "pre_shutdown_check") return preShutdownCheck({});
      this.#skip(message.message);
      return undefined;
    }
    switch (message.type) {
      case "pre_shutdown_check":
      case "setup_done":
      case "bye":
        return message;
      default:
        this.#skip(`a consumer sends no ${message.type}`);
    }
  }

  #handle(remark: Remark): void {
    const { hub } = this.session.host;
    switch (remark.type) {
      case "pre_shutdown_check": {
        const key = remark.subscription_id ?? remark.event_key ?? "";
        return this.session.writer.say(preShutdownAck(hub.ask(this.#consumer, key)));
      }
      case "setup_done":
        return hub.setupDone(this.#consumer);
      case "bye":
        return this.#leave("bye");
    }
  }

  #skip(reason: string): void {
    this.session.host.log.limited("skipped", `skipped a frame of a consumer: ${reason}`);
  }

  /** Its own end: what was answered is written, events that wait are not. */
  #leave(reason: EndReason): void {
    this.#gone(reason);
    this.session.finish();
  }

  /** The hub's end while it waits: it is no consumer yet, so it is told as anybody else. */
  #giveUp(code: string, reason: string): void {
    this.#gone("protocol");
    this.session.refuse(code, reason);
  }

  /** The hub's end: it is told why. */
  #close(reason: HubReason): void {
    this.#gone(reason);
    this.session.writer.say(bye(reason));
    this.session.finish();
  }

  #gone(reason: EndReason): void {
    const { hub, log } = this.session.host;
    if (this.#consumer.state === "gone") return;
    const wasRegistered = this.#consumer.state !== "waiting";
    this.#forgetKept();
    hub.leave(this.#consumer, reason);
    if (wasRegistered && reason !== "bye" && reason !== "eof" && reason !== "stopped") {
      const { pid, eventKey } = this.#consumer;
      const key = printable(JSON.stringify(eventKey), LONGEST_KEY);
      log.limited(
        `closed ${reason}`,
        `consumer closed: reason=${reason} event_key=${key} pid=${pid}`,
      );
    }
  }

  async #drain(): Promise<void> {
    const { writer, host } = this.session;
    await within(host.clocks, DRAIN_MS, writer.quiet());
    // Its last moment may have been its own.
    if (!this.session.isOpen) return;
    this.#close("stopped");
    await within(host.clocks, LAST_FRAME_MS, writer.quiet());
    this.session.cut();
  }
}
