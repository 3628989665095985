/**
 * A process of the load: one publisher.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { corpus } from "../../e2e/corpus.ts";
import { NumberedEvents } from "./numbered_event.ts";
import { answer, microseconds, options, orders, pause, writeAll } from "./orders.ts";

/** What it is started with. It answers once it is connected. */
export interface PublisherOptions {
  readonly socket: string;
  /** The type of its events. Where there are several it is this and a number from 0. */
  readonly type: string;
  readonly types?: number;
  /** Bytes in the payload of an event beside its number and time. */
  readonly filler: number;
  /** After so many events of its own come so many webhooks of GitHub, one after the other. */
  readonly webhooks?: { readonly after: number; readonly count: number };
  /** Whether it sums up in a hash what a consumer of all of them has to get. */
  readonly hashes?: boolean;
}

/** Publish so many events, so many a second: as fast as can be if 0. */
export interface PublisherOrder {
  readonly events: number;
  readonly rate: number;
}

/** What came of it, once all were routed. */
export interface PublisherReport {
  /** Events that the hub says were routed, since the publisher began, and had a consumer. */
  readonly routed: number;
  readonly matched: number;
  readonly milliseconds: number;
  /** Milliseconds of the longest time that one write of a block took. */
  readonly longest: number;
  readonly hash: string;
  /** What the hub said instead, where it ended the connection. */
  readonly refused?: string;
}

/** Bytes of a block of events that are written together. */
const BLOCK_BYTES = 64 * 1024;

/** Milliseconds between two blocks where they are not sent as fast as can be. */
const TICK_MS = 2;

const encoder = new TextEncoder();

/** Makes the frames, in their order. */
class Sequence {
  readonly #events: NumberedEvents[];
  readonly #webhooks: PublisherOptions["webhooks"];
  readonly #corpus: string[];
  readonly #hash: ReturnType<typeof createHash> | undefined;
  #made = 0;
  #webhooksMade = 0;

  constructor({ type, types, filler, webhooks, hashes = false }: PublisherOptions) {
    this.#events = types === undefined
      ? [new NumberedEvents(type, filler)]
      : Array.from({ length: types }, (_, at) => new NumberedEvents(`${type}${at}`, filler));
    this.#webhooks = webhooks;
    this.#corpus = webhooks
      ? corpus().map(({ type, payload }) =>
        `{"type":"event","event_type":"${type}","payload":${payload}`
      )
      : [];
    if (hashes) this.#hash = createHash("sha1");
  }

  get hash(): string {
    return this.#hash?.copy().digest("hex") ?? "";
  }

  /** A block of at most so many frames, and how many they are. */
  block(most: number): { bytes: Uint8Array; count: number } {
    const now = microseconds();
    let sent = "";
    let expected = "";
    let count = 0;
    while (count < most && sent.length < BLOCK_BYTES) {
      const body = this.#next(now);
      sent += `${body}}\n`;
      if (this.#hash) expected += `${body},"seq":${this.#made}}\n`;
      count++;
    }
    this.#hash?.update(expected);
    return { bytes: encoder.encode(sent), count };
  }

  #next(now: number): string {
    const number = ++this.#made;
    if (this.#webhooks) {
      const { after, count } = this.#webhooks;
      if (number % (after + count) >= after) {
        return this.#corpus[this.#webhooksMade++ % this.#corpus.length] ?? "";
      }
    }
    return this.#events[number % this.#events.length]?.body(number, now) ?? "";
  }
}

/** The connection, and what is asked of the hub on it. */
class Publisher {
  readonly #connection: Deno.UnixConn;
  readonly #frames: Sequence;
  #flushes = 0;
  #routed = 0;
  #matched = 0;

  private constructor(connection: Deno.UnixConn, frames: Sequence) {
    this.#connection = connection;
    this.#frames = frames;
  }

  static async connect(told: PublisherOptions): Promise<Publisher> {
    const connection = await Deno.connect({ transport: "unix", path: told.socket });
    return new Publisher(connection, new Sequence(told));
  }

  async publish({ events, rate }: PublisherOrder): Promise<PublisherReport> {
    const start = performance.now();
    let longest = 0;
    let refused: string | undefined;
    try {
      for (let sent = 0; sent < events;) {
        const due = rate === 0 ? events : Math.floor((performance.now() - start) * rate / 1000);
        const { bytes, count } = this.#frames.block(Math.min(due, events) - sent);
        const begun = performance.now();
        await writeAll(this.#connection, bytes);
        longest = Math.max(longest, performance.now() - begun);
        sent += count;
        if (rate > 0) await pause(TICK_MS);
      }
      await this.#flush();
    } catch (error) {
      refused = String(error);
    }
    return {
      routed: this.#routed,
      matched: this.#matched,
      milliseconds: performance.now() - start,
      longest,
      hash: this.#frames.hash,
      ...(refused === undefined ? {} : { refused }),
    };
  }

  async #flush(): Promise<void> {
    const id = ++this.#flushes;
    await writeAll(this.#connection, encoder.encode(`{"type":"flush","id":${id}}\n`));
    const buffer = new Uint8Array(4096);
    const length = await this.#connection.read(buffer);
    const text = new TextDecoder().decode(buffer.subarray(0, length ?? 0));
    const ack = text === "" ? {} : JSON.parse(text);
    if (ack.type !== "flush_ack" || ack.id !== id) throw new Error(`instead of an ack: ${text}`);
    this.#routed += ack.events;
    this.#matched += ack.matched;
  }
}

if (import.meta.main) {
  const publisher = await Publisher.connect(options<PublisherOptions>());
  answer("ready");
  for await (const order of orders<PublisherOrder>()) answer(await publisher.publish(order));
  Deno.exit();
}
