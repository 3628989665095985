/**
 * A process of the load: consumers that read, and check what they get.
 *
 * @module
 */

import { NumberedEvents } from "./numbered_event.ts";
import { answer, options, orders, pause, writeAll } from "./orders.ts";
import { StreamCheck } from "./stream_check.ts";

/** What it is started with. It answers once all are subscribed. */
export interface ReaderOptions {
  readonly socket: string;
  /** How many consumers; each has a key of its own: this and a number. */
  readonly connections: number;
  readonly key: string;
  readonly types: readonly string[];
  /**
   * Where all that they get are numbered events: their type, the length of their filler, and how many
   * there were before theirs.
   */
  readonly numbered?: { readonly type: string; readonly filler: number; readonly before?: number };
  readonly hashes?: boolean;
  /** Where they read less than they could: so many bytes, and milliseconds from one read to the next. */
  readonly pace?: { readonly bytes: number; readonly every: number };
}

/** What it can be told, beside to report: measure anew, read as fast as can be, leave in good order. */
export type ReaderOrder = "report" | "measure" | "hurry" | "leave";

/** How one consumer is. */
export interface ReaderReport {
  readonly key: string;
  readonly count: number;
  readonly last: number;
  readonly missing: number;
  readonly wrong?: string;
  readonly others: readonly string[];
  readonly hash: string;
  /** Milliseconds that events were under way, since it was last told to measure: half of them, 99 of 100. */
  readonly median: number;
  readonly p99: number;
  /** Milliseconds of the longest time in which its process had no turn. */
  readonly longestSleep: number;
  /** Whether the hub has closed the connection. */
  readonly isClosed: boolean;
}

const LARGE_READ = 256 * 1024;

/** Milliseconds between two turns in which a process looks whether it slept. */
const TURN_MS = 10;

/** One consumer. */
class Reader {
  readonly key: string;
  readonly #connection: Deno.UnixConn;
  readonly #check: StreamCheck;
  #pace: ReaderOptions["pace"];
  #buffer: Uint8Array<ArrayBuffer>;
  #unread = 0;
  #isClosed = false;

  private constructor(connection: Deno.UnixConn, key: string, told: ReaderOptions) {
    this.#connection = connection;
    this.key = key;
    this.#pace = told.pace;
    this.#buffer = new Uint8Array(told.pace?.bytes ?? LARGE_READ);
    const { numbered, hashes = false } = told;
    this.#check = new StreamCheck({
      hashes,
      ...(numbered ? { events: new NumberedEvents(numbered.type, numbered.filler) } : {}),
      before: numbered?.before ?? 0,
    });
  }

  static async subscribe(key: string, told: ReaderOptions): Promise<Reader> {
    const connection = await Deno.connect({ transport: "unix", path: told.socket });
    const hello = { type: "hello", pid: Deno.pid, event_key: key, event_types: told.types };
    await writeAll(connection, new TextEncoder().encode(`${JSON.stringify(hello)}\n`));
    const reader = new Reader(connection, key, told);
    await reader.#readAck();
    void reader.#readOn();
    return reader;
  }

  report(): ReaderReport {
    const { count, last, missing, wrong, others, hash } = this.#check;
    const delays = this.#check.delays.toSorted((a, b) => a - b);
    return {
      key: this.key,
      count,
      last,
      missing,
      ...(wrong === undefined ? {} : { wrong }),
      others,
      hash,
      median: delays[Math.floor(delays.length / 2)] ?? 0,
      p99: delays[Math.floor(delays.length * 0.99)] ?? 0,
      longestSleep,
      isClosed: this.#isClosed,
    };
  }

  async obey(order: ReaderOrder): Promise<void> {
    if (order === "measure") this.#check.delays.length = 0;
    else if (order === "hurry") this.#pace = undefined;
    else if (order === "leave") await this.#leave();
  }

  async #leave(): Promise<void> {
    await writeAll(this.#connection, new TextEncoder().encode('{"type":"bye"}\n')).catch(() => {});
    this.#connection.close();
  }

  /** No event comes before the ack, and nothing was published yet: it comes alone. */
  async #readAck(): Promise<void> {
    const length = await this.#connection.read(this.#buffer);
    const text = new TextDecoder().decode(this.#buffer.subarray(0, length ?? 0));
    const ack = JSON.parse(text);
    if (ack.type !== "hello_ack" || ack.rejected) throw new Error(`${this.key} got ${text}`);
  }

  async #readOn(): Promise<void> {
    try {
      while (await this.#readOnce());
    } catch {
      // Reset: the hub has closed it with something of ours unread.
    }
    this.#isClosed = true;
  }

  async #readOnce(): Promise<boolean> {
    if (this.#unread === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const most = this.#pace ? this.#unread + this.#pace.bytes : this.#buffer.length;
    const length = await this.#connection.read(this.#buffer.subarray(this.#unread, most));
    if (length === null) return false;
    const end = this.#unread + length;
    this.#unread = this.#check.take(this.#buffer.subarray(0, end));
    this.#buffer.copyWithin(0, end - this.#unread, end);
    if (this.#pace) await pause(this.#pace.every);
    return true;
  }
}

let longestSleep = 0;

/** Notes when this process gets no time from the system. */
function watchSleep(): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    longestSleep = Math.max(longestSleep, now - last - TURN_MS);
    last = now;
  }, TURN_MS);
}

if (import.meta.main) {
  watchSleep();
  const told = options<ReaderOptions>();
  const readers = await Promise.all(
    Array.from(
      { length: told.connections },
      (_, at) => Reader.subscribe(`${told.key}${at}`, told),
    ),
  );
  answer(readers.map((reader) => reader.report()));
  for await (const order of orders<ReaderOrder>()) {
    await Promise.all(readers.map((reader) => reader.obey(order)));
    answer(readers.map((reader) => reader.report()));
  }
  Deno.exit();
}
