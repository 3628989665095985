/**
 * A process of the load: consumers that read in large pieces and count the bytes. The frames of a peer
 * are as long as its protocol says, so that so many bytes are so many events.
 *
 * @module
 */

import {
  answer,
  microseconds,
  options,
  orders,
  pause,
  writeAll,
} from "../../campaign/load/orders.ts";
import type { PeerConnection } from "../../peers/peer.ts";
import { heard } from "../../peers/running_peer.ts";
import { Delays, type DelaysReport } from "../delays.ts";
import { type PartOptions, peerNamed } from "./part.ts";

/** What it is started with. It answers once all are subscribed. */
export interface ReadersOptions extends PartOptions {
  /** What each one asks for. */
  readonly asked: readonly string[];
  /** Whether it is looked when each event was due. */
  readonly timed: boolean;
}

/** How many bytes each one gets, from when it was told so last. It answers when they have come. */
export interface ReadersOrder {
  readonly bytes: readonly number[];
}

/** What came. */
export interface ReadersReport {
  /** Unix time in microseconds of the last bytes. */
  readonly ended: number;
  /** Bytes that did not come, for each. */
  readonly missing: readonly number[];
  readonly delays: DelaysReport;
}

/** Bytes of a read, where there are few connections and where there are many. */
const LARGE_READ = 256 * 1024;
const SMALL_READ = 64 * 1024;
const FEW = 64;

/** Milliseconds without a byte after which nothing more is waited for. */
const SILENCE_MS = 5_000;

let lastAt = 0;

/** One consumer. */
class Reader {
  /** Bytes that came, less those that were waited for. */
  surplus = 0;
  #buffer: Uint8Array;
  /** Bytes of an event that is not whole; counted already. */
  #kept = 0;

  constructor(
    private readonly connection: PeerConnection,
    private readonly delays: Delays | undefined,
    size: number,
  ) {
    this.#buffer = new Uint8Array(size);
    void this.#readOn();
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const length = await this.connection.read(this.#buffer.subarray(this.#kept));
      if (length === null) return;
      lastAt = microseconds();
      this.surplus += length;
      if (!this.delays) continue;
      const end = this.#kept + length;
      this.#kept = this.delays.take(this.#buffer.subarray(0, end), lastAt);
      this.#buffer.copyWithin(0, end - this.#kept, end);
    }
  }
}

async function subscribed(told: ReadersOptions, delays: Delays | undefined): Promise<Reader[]> {
  const peer = peerNamed(told.peer);
  const size = told.asked.length > FEW ? SMALL_READ : LARGE_READ;
  const readers: Reader[] = [];
  for (const [number, asked] of told.asked.entries()) {
    const connection = await peer.connect(told.place);
    await writeAll(connection, peer.subscription(number, asked));
    await heard(connection, peer.subscribed);
    readers.push(new Reader(connection, delays, size));
  }
  return readers;
}

/** Resolves when all have come, or nothing comes any more. */
async function come(readers: readonly Reader[]): Promise<void> {
  const begun = microseconds();
  while (readers.some(({ surplus }) => surplus < 0)) {
    if (microseconds() - Math.max(lastAt, begun) > SILENCE_MS * 1000) return;
    await pause(20);
  }
}

if (import.meta.main) {
  const told = options<ReadersOptions>();
  const delays = told.timed ? new Delays() : undefined;
  const readers = await subscribed(told, delays);
  answer("ready");
  for await (const { bytes } of orders<ReadersOrder>()) {
    readers.forEach((reader, at) => reader.surplus -= bytes[at] ?? 0);
    await come(readers);
    const report: ReadersReport = {
      ended: lastAt,
      missing: readers.map(({ surplus }) => Math.max(0, -surplus)),
      delays: delays?.report() ?? Delays.NONE,
    };
    for (const reader of readers) reader.surplus = 0;
    answer(report);
  }
  Deno.exit();
}
