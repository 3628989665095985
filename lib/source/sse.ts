/**
 * Events that a server sends over HTTP, as the web's EventSource reads them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { EventSourceMessage } from "eventsource-parser/stream";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { parseDuration } from "../platform/units.ts";
import { pauseFor } from "../platform/within.ts";
import { BusError } from "../protocol/errors.ts";
import { isName } from "../protocol/fields.ts";
import { decodeStrictly } from "../protocol/input_lines.ts";
import { addressOf, type AddressSettings } from "./address.ts";
import { EventStream } from "./sse/event_stream.ts";
import type { CommonSettings } from "./settings.ts";
import type { Finding, Run, Source, SourceContext, WholeEvent } from "./source.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";

/** Settings of an `sse` source. Templates may ask for `{event}` and `{last_id}`, the event's own. */
export interface SseSettings extends CommonSettings, AddressSettings {
  /** Always `sse`. */
  readonly kind: "sse";
  /** How long nothing at all may come, comments included, before it connects anew; 5m if absent. */
  readonly heartbeat?: string;
  /** What the data of an event is; `json` if absent. */
  readonly format?: TextFormat;
}

const HEARTBEAT = "5m";

/** Milliseconds before it connects anew, until the server says how many. */
const RETRY_MS = 3_000;

/** A server may not have itself asked without a pause, nor never again. */
const SHORTEST_RETRY_MS = 100;
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

class SseSource implements Source {
  readonly #heartbeat: number;
  #retry = RETRY_MS;
  #lastId: string | undefined;

  constructor(
    private readonly settings: SseSettings,
    private readonly context: SourceContext,
    private readonly clocks: SystemClocks,
  ) {
    const heartbeat = parseDuration(settings.heartbeat ?? HEARTBEAT);
    if (heartbeat === undefined) throw new BusError("bad_input", "the heartbeat is no time");
    this.#heartbeat = heartbeat;
    this.#address();
  }

  async *run(signal: AbortSignal): Run {
    while (!signal.aborted) {
      const stream = this.#stream(signal);
      try {
        await stream.open();
        if (signal.aborted) return;
        yield { state: "connected" };
        for await (const messages of stream.messages()) {
          const findings = messages.flatMap((message) => this.#finding(message) ?? []);
          if (findings.length > 0) yield { findings };
          for (const { id } of messages) this.#remember(id);
        }
        this.#remember(stream.lastId);
      } finally {
        await stream.close();
      }
      if (signal.aborted) return;
      yield { state: "disconnected", detail: this.#explained(stream) };
      await pauseFor(this.clocks, this.#retry, signal);
      if (!signal.aborted) yield { state: "reconnecting" };
    }
  }

  #stream(signal: AbortSignal): EventStream {
    return new EventStream({
      address: this.#address(),
      lastId: this.#lastId,
      heartbeat: this.#heartbeat,
      clocks: this.clocks,
      onRetry: (milliseconds) => {
        this.#retry = Math.min(Math.max(milliseconds, SHORTEST_RETRY_MS), LONGEST_RETRY_MS);
      },
      signal,
    });
  }

  #address() {
    return addressOf(this.settings, this.context, ["http", "https"]);
  }

  #finding({ event, id, data }: EventSourceMessage): Finding | WholeEvent | undefined {
    const text = textOf(data);
    const name = event === undefined ? undefined : textOf(event);
    const ownId = id === undefined ? undefined : textOf(id);
    if (text === undefined || name === undefined && event !== undefined) {
      this.context.log("event", "an event was left out, it is not UTF-8");
      return undefined;
    }
    return findingOf(text, this.settings.format ?? "json", {
      type: name,
      // A longer one can be sent back, but no event can have it.
      id: isName(ownId) ? ownId : undefined,
      values: { event: () => name ?? "message", last_id: () => ownId },
    });
  }

  /** Of an event that has none the last one stays; an empty one takes it away. */
  #remember(id: string | undefined): void {
    if (id === undefined) return;
    // deno-lint-ignore no-control-regex
    if (id.length <= LONGEST_LAST_ID && !/[\x00-\x08\x0a-\x1f\x7f]/.test(id)) this.#lastId = id;
    else this.context.log("id", "an id that no header can hold is not sent back");
  }

  /** @throws {BusError} `failed`: it ended so that a pause of the server's choice is not enough */
  #explained({ end, hasSpoken }: EventStream): string {
    if (end === "broken") throw new BusError("failed", "the connection was lost");
    if (end === "ended" && !hasSpoken) {
      throw new BusError("failed", "the stream ended before anything came");
    }
    const why = end === "silent"
      ? `nothing came for ${this.settings.heartbeat ?? HEARTBEAT}`
      : "the stream ended";
    return `${why}; it connects again in ${this.#retry / 1000} s`;
  }
}

/** The text of bytes that stand as characters; nothing where they are not UTF-8. */
function textOf(bytes: string): string | undefined {
  return /[\x80-\xff]/.test(bytes) ? decodeStrictly(Buffer.from(bytes, "latin1")) : bytes;
}
