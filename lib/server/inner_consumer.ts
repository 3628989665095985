/**
 * A consumer inside of the hub's process: a source that passes the hub's events on.
 *
 * @module
 */

import type { ByteEnds } from "../platform/byte_ends.ts";
import { decode, encode } from "../protocol/codec.ts";
import { BusError } from "../protocol/errors.ts";
import { EventFrame } from "../protocol/event_frame.ts";
import { frames } from "../protocol/framing.ts";
import { type Event, hello, type Message } from "../protocol/messages.ts";
import type { HubEvent } from "../source/source.ts";

/**
 * The events of a hub, as a consumer of these types gets them: over a connection in memory, so that the
 * same rules of order, bounds and loss hold for it as for any other, and the status shows it.
 *
 * @param admit gives the connection to the hub
 * @param signal ends it
 * @throws {BusError} `failed`: the hub does not take it, or ends it
 */
export async function* consumeInside(
  admit: (ends: ByteEnds) => void,
  types: readonly string[],
  name: string,
  signal: AbortSignal,
): AsyncGenerator<HubEvent, void, void> {
  const key = `source:${name}`;
  const ends = new InnerEnds(
    encode(hello({ pid: Deno.pid, event_key: key, event_types: [...types] })),
  );
  const close = () => ends.close();
  signal.addEventListener("abort", close);
  try {
    if (signal.aborted) return;
    admit(ends);
    let lastSeq = 0;
    for await (const batch of frames(ends.written())) {
      for (const frame of batch) {
        const message = typeof frame === "string" ? decode(frame) : frame;
        if (message instanceof EventFrame) {
          const seq = message.seq ?? 0;
          yield hubEvent(message, seq - lastSeq - 1);
          lastSeq = seq;
        } else if ("type" in message) {
          const refusal = refusalOf(message);
          if (refusal !== undefined) throw new BusError("failed", refusal);
        }
      }
    }
    if (!signal.aborted) throw new BusError("failed", "the hub ended it");
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/** Why the hub gives it nothing more, where a message says so. */
function refusalOf(message: Exclude<Message, Event>): string | undefined {
  switch (message.type) {
    case "bye":
      return `the hub ended it (${message.reason})`;
    case "hello_ack":
      return message.rejected ? `the hub does not take it: ${message.reject_reason}` : undefined;
    case "error":
      return `the hub does not take it: ${message.message}`;
  }
}

function hubEvent(frame: EventFrame, lost: number): HubEvent {
  const { event_type, event_id, source_time, payload } = frame;
  return { type: event_type, id: event_id, time: source_time, payload, lost };
}

/** A connection's end that says one thing and then listens. */
class InnerEnds implements ByteEnds {
  #toSay: Uint8Array;
  readonly #closed = Promise.withResolvers<null>();
  #isClosed = false;
  /** What the hub writes, until it is taken. */
  #written: Uint8Array | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(text: string) {
    this.#toSay = new TextEncoder().encode(text);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#toSay.length === 0 || this.#isClosed) return this.#closed.promise;
    const part = this.#toSay.subarray(0, buffer.length);
    buffer.set(part);
    this.#toSay = this.#toSay.subarray(part.length);
    return Promise.resolve(part.length);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#written = bytes;
    this.#change();
    while (this.#written && !this.#isClosed) await this.#changed.promise;
    if (this.#isClosed) throw new Deno.errors.BrokenPipe("closed");
    return bytes.length;
  }

  close(): void {
    this.#isClosed = true;
    this.#closed.resolve(null);
    this.#change();
  }

  /** What the hub writes, piece by piece; each counts as taken when the next is asked for. */
  async *written(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      if (this.#written) {
        yield this.#written;
        this.#written = undefined;
        this.#change();
      } else if (this.#isClosed) return;
      else await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
