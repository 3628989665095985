/**
 * Messages that come from a stream of JetStream.
 *
 * @module
 */

import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { orAborted } from "../../platform/aborted.ts";
import { backoff } from "../../platform/backoff.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { within } from "../../platform/within.ts";
import { Bell } from "./bell.ts";
import type { NatsLink } from "./connection.ts";
import type { Arrival, Inbound, InboundOptions } from "./inbound.ts";
import { explained, type NatsStream } from "./jetstream.ts";
import { isMeant } from "./subjects.ts";
import { Remembered } from "./remembered.ts";
import { Sleeper } from "../sleeper.ts";

/** What is held at most; the server keeps the rest. */
const HELD = { count: 256, bytes: 4 * 1024 * 1024 };

/** Bytes that are asked for at once: any message that the server takes must fit. */
const ASKED_BYTES = 4 * 1024 * 1024;

/** Milliseconds for which the server is asked at once. */
const ASKED_MS = 10_000;

/** Milliseconds that the end has for a last question. */
const LAST_MS = 500;

/** Milliseconds in which a server that is there again has to have its stream again. */
const PATIENCE_MS = 30_000;

/** Milliseconds between two questions whether it has. */
const PAUSES = { shortest: 50, longest: 2_000 };

/** A message that is held until it is settled. */
interface Held {
  readonly message: JsMsg;
  readonly arrival: Arrival;
}

/** A durable consumer: a message that was not routed comes again, after a crash too. */
export class DurableInbound implements Inbound {
  readonly #over = new AbortController();
  readonly #room = new Bell();
  readonly #sleeper = new Sleeper(SYSTEM_CLOCKS);
  /** By their keys, in the order in which they came. */
  readonly #held = new Map<string, Held>();
  /** Those that were said to be done, for the server may not have heard it. */
  readonly #done = new Remembered();
  #waiting: Arrival[] = [];
  #bytes = 0;
  #refused = 0;
  /** What came when nothing was wanted any more. */
  readonly #late: JsMsg[] = [];
  #consumer: Consumer;
  readonly #pumped: Promise<void>;

  constructor(
    private readonly link: NatsLink,
    private readonly stream: NatsStream,
    private readonly options: InboundOptions,
    consumer: Consumer,
  ) {
    this.#consumer = consumer;
    this.#pumped = this.#pump().catch((error) => options.onFailure(explained(error)));
  }

  take(): readonly Arrival[] {
    return this.#waiting.splice(0);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#pumped;
    const messages = [...this.#held.values()].map(({ message }) => message).concat(this.#late);
    if (messages.length === 0 || !this.link.isUp) return;
    // Some servers send what is to come again to where one listens no more; asked, they look.
    const looked = this.#consumer.info().catch(() => {});
    await within(SYSTEM_CLOCKS, LAST_MS, looked);
    // So they come again at once, and not only when the server has waited in vain.
    for (const message of messages) message.nak();
  }

  async #pump(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const { max_payload = 0 } = this.link.client.info ?? {};
      const messages = await this.#consumer.consume({
        max_bytes: Math.max(ASKED_BYTES, 2 * max_payload),
        expires: ASKED_MS,
        abort_on_missing_resource: true,
      });
      const stop = () => void messages.close();
      const lost = AbortSignal.any([signal, this.link.session]);
      lost.addEventListener("abort", stop);
      if (lost.aborted) stop();
      try {
        await this.#hold(messages);
      } finally {
        lost.removeEventListener("abort", stop);
        await messages.close();
      }
      this.#consumer = await this.#found() ?? this.#consumer;
    }
  }

  /** The consumer, once the server is there again and has it; nothing where one has left meanwhile. */
  async #found(): Promise<Consumer | undefined> {
    const { signal } = this.#over;
    let since: number | undefined;
    for (let attempt = 0; !signal.aborted; attempt++) {
      await orAborted(this.link.up, signal);
      if (signal.aborted) break;
      since ??= SYSTEM_CLOCKS.monotonic();
      try {
        return await orAborted(this.stream.consumer(this.options.subjects), signal);
      } catch (error) {
        if (!this.link.isUp) since = undefined;
        else if (SYSTEM_CLOCKS.monotonic() - since > PATIENCE_MS) throw error;
        await this.#sleeper.sleep(backoff(attempt, PAUSES, Math.random()), signal);
      }
    }
    return undefined;
  }

  /** Takes what comes, to the end, and no more than there is room for. */
  async #hold(messages: ConsumerMessages): Promise<void> {
    const { signal } = this.#over;
    for await (const message of messages) {
      if (signal.aborted) this.#late.push(message);
      else this.#receive(message);
      while (this.#isFull() && !signal.aborted) await orAborted(this.#room.heard(), signal);
    }
  }

  #isFull(): boolean {
    return this.#held.size >= HELD.count || this.#bytes >= HELD.bytes;
  }

  #receive(message: JsMsg): void {
    const { messages, subjects, context, onArrival } = this.options;
    const key = keyOf(message);
    // Anybody may write to where the answers of a server are expected.
    if (key === undefined || this.#held.has(key)) return;
    const isMeantHere = subjects.some((pattern) => isMeant(message.subject, pattern));
    if (this.#done.has(key) || !isMeantHere) return message.ack();
    const isNew = message.seq > this.stream.lastSeq;
    const finding = messages.finding(message, `${message.info.stream}:${key}`, isNew);
    if (!finding) return message.ack();
    if ("fault" in finding) {
      const text = `a message was left out, ${finding.fault} (${++this.#refused} so far)`;
      context.log("message", text);
      return message.ack();
    }
    const arrival = { finding, settle: () => this.#settle(key) };
    this.#held.set(key, { message, arrival });
    this.#bytes += message.data.length;
    this.#waiting.push(arrival);
    onArrival();
  }

  #settle(key: string): void {
    const { message } = this.#held.get(key) ?? {};
    if (!message) return;
    message.ack();
    this.#held.delete(key);
    this.#done.note(key);
    this.#bytes -= message.data.length;
    this.#room.ring();
  }
}

/** What is the same whenever a message comes, and of no other one, were the stream made anew. */
function keyOf(message: JsMsg): string | undefined {
  try {
    return `${message.seq}:${message.timestampNanos}`;
  } catch {
    return undefined;
  }
}
