/**
 * Events that a server sends over HTTP, as the web's EventSource reads them.
 *
 * @module
 */

import type { EventSourceMessage } from "eventsource-parser";
import { Buffer } from "node:buffer";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { parseDuration } from "../platform/units.ts";
import { pauseFor } from "../platform/within.ts";
import { BusError } from "../protocol/errors.ts";
import { decodeStrictly } from "../protocol/input_lines.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { addressOf, type AddressSettings } from "./address.ts";
import { type CommonSettings, pausesOf } from "./settings.ts";
import type { Finding, News, Outcome, Run, Source, SourceContext, WholeEvent } from "./source.ts";
import { EventStream } from "./sse/event_stream.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";

/**
 * Settings of an `sse` source. Templates may ask for `{event}` and for `{last_id}`, the event's own. It
 * is no id in the hub where `id` does not say so: there one that was seen is not taken again, whichever
 * source had it, and most servers count from 1.
 */
export interface SseSettings extends CommonSettings, AddressSettings {
  /** Always `sse`. */
  readonly kind: "sse";
  /** How long nothing at all may come, comments included, before it connects anew; 5m if absent. */
  readonly heartbeat?: string;
  /** What the data of an event is; `json` if absent. */
  readonly format?: TextFormat;
}

const SCHEMES = ["http", "https"];

const HEARTBEAT = "5m";

/** Milliseconds from the end of a stream that brought events to the next, until the server says how many. */
const RETRY_MS = 3_000;

/** A server may not have itself asked without a pause, unless the settings say so, nor never again. */
const SHORTEST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 3_600_000;

/** Characters of the longest id that is sent back: servers take no longer headers. */
const LONGEST_LAST_ID = 8_192;

/**
 * Opens a url as a source.
 *
 * @throws {BusError} `bad_input`: a secret is not there, or a setting is wrong
 */
export function openSse(
  settings: SseSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  return new SseSource(settings, context, clocks);
}

/**
 * Looks for what its settings say that cannot be, as far as that is seen without its secrets.
 *
 * @throws {BusError} `bad_input`: a setting is wrong
 */
export function checkSse(settings: SseSettings): void {
  heartbeatOf(settings);
  // What a secret is to be nobody knows yet; this could stand in its place, a url or a header.
  const secret: SourceContext["secret"] = (text) =>
    typeof text === "string" ? text : "http://secret";
  addressOf(settings, { secret }, SCHEMES);
}

/** What a run reads of one stream; it returns why that ended. */
type Reading = AsyncGenerator<News, string, readonly Outcome[] | undefined>;

class SseSource implements Source {
  readonly #heartbeat: number;
  /** Milliseconds that the server wants to be left alone, once it has said so. */
  #retry: number | undefined;
  /** When it may be asked again, on the monotonic clock. */
  #askableAt = -Infinity;
  #leftOut = 0;
  #lastId: string | undefined;

  constructor(
    private readonly settings: SseSettings,
    private readonly context: SourceContext,
    private readonly clocks: SystemClocks,
  ) {
    this.#heartbeat = heartbeatOf(settings);
    this.#address();
  }

  async *run(signal: AbortSignal): Run {
    for (let why = "the server wants to be left alone"; !signal.aborted;) {
      yield* this.#wait(why, signal);
      if (!signal.aborted) why = yield* this.#read(signal);
    }
  }

  async *#wait(why: string, signal: AbortSignal): Run {
    const wait = Math.round(this.#askableAt - this.clocks.monotonic());
    if (wait <= 0) return;
    yield { state: "disconnected", detail: `${why}; it connects again in ${wait / 1000} s` };
    await pauseFor(this.clocks, wait, signal);
    if (!signal.aborted) yield { state: "reconnecting" };
  }

  /** @throws {BusError} `failed`: it ended so that whether it is asked again is the settings' choice */
  async *#read(signal: AbortSignal): Reading {
    const stream = this.#stream(signal);
    let hasFound = false;
    try {
      await stream.open();
      if (signal.aborted) return "";
      yield { state: "connected" };
      for await (const events of stream.messages()) {
        const findings = events.flatMap((event) => this.#finding(event) ?? []);
        hasFound ||= findings.length > 0;
        if (findings.length > 0) yield { findings };
        for (const { id } of events) this.#remember(id);
      }
      this.#remember(stream.lastId);
    } finally {
      stream.close();
      this.#leaveAlone(this.#retry ?? 0);
    }
    if (signal.aborted) return "";
    const why = this.#explained(stream, hasFound);
    const { backoff } = this.settings;
    const shortest = backoff ? pausesOf(this.settings).shortest : SHORTEST_RETRY_MS;
    this.#leaveAlone(Math.max(this.#retry ?? RETRY_MS, shortest));
    return why;
  }

  #leaveAlone(milliseconds: number): void {
    this.#askableAt = this.clocks.monotonic() + milliseconds;
  }

  #stream(signal: AbortSignal): EventStream {
    return new EventStream({
      address: this.#address(),
      lastId: this.#lastId,
      heartbeat: this.#heartbeat,
      clocks: this.clocks,
      onRetry: (milliseconds) => this.#retry = Math.min(milliseconds, LONGEST_RETRY_MS),
      onTooLong: () => this.#leaveOut(`it is longer than ${MAX_FRAME_BYTES} bytes`),
      signal,
    });
  }

  #address() {
    return addressOf(this.settings, this.context, SCHEMES);
  }

  #finding({ event, id, data }: EventSourceMessage): Finding | WholeEvent | undefined {
    const text = textOf(data);
    const name = event === undefined ? undefined : textOf(event);
    const ownId = id === undefined ? undefined : textOf(id);
    if (text === undefined || name === undefined && event !== undefined) {
      this.#leaveOut("it is not UTF-8");
      return undefined;
    }
    return findingOf(text, this.settings.format ?? "json", {
      type: name,
      values: { event: () => name ?? "message", last_id: () => ownId },
    });
  }

  #leaveOut(reason: string): void {
    this.context.log("event", `an event was left out, ${reason} (${++this.#leftOut} so far)`);
  }

  /** Of an event that has none the last one stays; an empty one takes it away. */
  #remember(id: string | undefined): void {
    if (id === undefined) return;
    // deno-lint-ignore no-control-regex
    if (id.length <= LONGEST_LAST_ID && !/[\x00-\x08\x0a-\x1f\x7f]/.test(id)) this.#lastId = id;
    else this.context.log("id", "an id that no header can hold is not sent back");
  }

  /** Why a stream ended, where it is enough to connect again: it brought what it was asked for. */
  #explained({ end, hasSpoken }: EventStream, hasFound: boolean): string {
    if (end === "broken") throw new BusError("failed", "the connection was lost");
    const silence = `nothing came for ${this.settings.heartbeat ?? HEARTBEAT}`;
    if (hasFound) return end === "silent" ? silence : "the stream ended";
    const early = `the stream ended before ${hasSpoken ? "an event" : "anything"} came`;
    throw new BusError("failed", end === "silent" ? silence : early);
  }
}

function heartbeatOf({ heartbeat = HEARTBEAT }: SseSettings): number {
  const milliseconds = parseDuration(heartbeat);
  if (milliseconds === undefined) throw new BusError("bad_input", "the heartbeat is no time");
  return milliseconds;
}

/** The text of bytes that stand as characters; nothing where they are not UTF-8. */
function textOf(bytes: string): string | undefined {
  return /[\x80-\xff]/.test(bytes) ? decodeStrictly(Buffer.from(bytes, "latin1")) : bytes;
}
