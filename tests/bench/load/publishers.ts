/**
 * A process of the load: publishers that pipeline without waiting, or that keep a rate.
 *
 * @module
 */

import { answer, microseconds, options, orders, writeAll } from "../../campaign/load/orders.ts";
import { joined, type Peer, type PeerConnection } from "../../peers/peer.ts";
import { heard } from "../../peers/running_peer.ts";
import { benchEvent, MARK, putDue } from "../bench_event.ts";
import { type PartOptions, peerNamed } from "./part.ts";

/** What it is started with. It answers once all are connected. */
export interface PublishersOptions extends PartOptions {
  readonly publishers: number;
  /** The types of their events, one after the other. */
  readonly types: readonly string[];
  readonly payloadBytes: number;
}

/** Each publishes so many events, as fast as can be or so many a second; a multiple of the types. */
export interface PublishersOrder {
  readonly events: number;
  readonly rate?: number;
}

/** When it was. Unix times in microseconds. */
export interface PublishersReport {
  readonly began: number;
  /** All was dealt with. */
  readonly ended: number;
}

/** Bytes that are written together, where they are not due one by one. */
const BLOCK_BYTES = 256 * 1024;

/** One of them. */
class Publisher {
  readonly #events: Uint8Array[];
  readonly #block: Uint8Array;
  /** Where each event of the block ends. */
  readonly #ends: number[] = [];
  #next = 0;
  #asked: (() => void) | undefined;
  readonly #sleeper = new Int32Array(new SharedArrayBuffer(4));

  private constructor(private readonly peer: Peer, private readonly connection: PeerConnection, {
    types,
    payloadBytes,
  }: PublishersOptions) {
    this.#events = types.map((type) => peer.publication(benchEvent(type, payloadBytes)));
    const cycle = joined(...this.#events);
    const cycles = Math.max(1, Math.floor(BLOCK_BYTES / cycle.length));
    this.#block = joined(...Array.from({ length: cycles }, () => cycle));
    let end = 0;
    for (let i = 0; i < cycles; i++) {
      for (const { length } of this.#events) this.#ends.push(end += length);
    }
  }

  static async connect(peer: Peer, told: PublishersOptions): Promise<Publisher> {
    const connection = await peer.connect(told.place);
    if (peer.greeting.length > 0) await writeAll(connection, peer.greeting);
    if (peer.greeted !== "") await heard(connection, peer.greeted);
    const publisher = new Publisher(peer, connection, told);
    void publisher.#listen();
    return publisher;
  }

  async publish({ events, rate }: PublishersOrder): Promise<void> {
    if (rate === undefined) await this.#flood(events);
    else await this.#keep(rate, events);
    await this.#ask();
  }

  async #flood(events: number): Promise<void> {
    for (let left = events; left > 0;) {
      const count = Math.min(left, this.#ends.length);
      await writeAll(this.connection, this.#block.subarray(0, this.#ends[count - 1]));
      left -= count;
    }
  }

  /** An event is sent when it is due, or late; never early. */
  async #keep(rate: number, events: number): Promise<void> {
    const start = microseconds();
    const dueOf = (index: number) => Math.round(start + index / rate * 1e6);
    for (let sent = 0; sent < events;) {
      const wait = dueOf(sent) - microseconds();
      // A timer would be a millisecond late.
      if (wait > 0) Atomics.wait(this.#sleeper, 0, 0, wait / 1000);
      const due: Uint8Array[] = [];
      for (const now = microseconds(); sent < events && dueOf(sent) <= now; sent++) {
        due.push(this.#eventDue(dueOf(sent)));
      }
      if (due.length > 0) await writeAll(this.connection, joined(...due));
      // What comes back is read in the turns between.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #eventDue(due: number): Uint8Array {
    const event = this.#events[this.#next++ % this.#events.length]?.slice() ?? new Uint8Array();
    putDue(event, event.indexOf(MARK), due);
    return event;
  }

  async #ask(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#asked = resolve);
    await writeAll(this.connection, this.peer.question);
    await answered;
  }

  /** Reads what comes, and throws it away but for the answer. */
  async #listen(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    const decoder = new TextDecoder("latin1");
    for (let rest = "";;) {
      const length = await this.connection.read(buffer);
      if (length === null) throw new Error("the connection of a publisher was closed");
      // It is looked for where it can be: at the end.
      const end = buffer.subarray(Math.max(0, length - 512), length);
      rest = (rest + decoder.decode(end)).slice(-1024);
      if (this.#asked && rest.includes(this.peer.answer)) {
        rest = "";
        this.#asked();
        this.#asked = undefined;
      }
    }
  }
}

if (import.meta.main) {
  const told = options<PublishersOptions>();
  const peer = peerNamed(told.peer);
  const publishers = await Promise.all(
    Array.from({ length: told.publishers }, () => Publisher.connect(peer, told)),
  );
  answer("ready");
  for await (const order of orders<PublishersOrder>()) {
    const began = microseconds();
    await Promise.all(publishers.map((publisher) => publisher.publish(order)));
    const report: PublishersReport = { began, ended: microseconds() };
    answer(report);
  }
  Deno.exit();
}
