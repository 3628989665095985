/**
 * Messages of a WebSocket server.
 *
 * @module
 */

import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { parseDuration } from "../platform/units.ts";
import { BusError } from "../protocol/errors.ts";
import { isName } from "../protocol/fields.ts";
import { decodeStrictly } from "../protocol/input_lines.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { addressOf, type AddressSettings, LAST_ID } from "./address.ts";
import type { CommonSettings } from "./settings.ts";
import type { Outcome, Run, Source, SourceContext } from "./source.ts";
import { bodyValues } from "./body_values.ts";
import { findingOf, type TextFormat } from "./text_findings.ts";
import { WebsocketConnection } from "./websocket/connection.ts";

/** Settings of a `websocket` source. Its url and what it sends may hold `{last_id}`. */
export interface WebsocketSettings extends CommonSettings, AddressSettings {
  /** Always `websocket`. */
  readonly kind: "websocket";
  /** What is sent, in this order, whenever it has connected: strings as they are, all else as JSON. */
  readonly send?: readonly unknown[];
  /** The path in a message of what `{last_id}` stands for; empty until such a message came. */
  readonly resume?: string;
  /** The time between two pings; it connects anew when nothing came in twice that. 30s if absent. */
  readonly heartbeat?: string;
  /** What a message is; `json` if absent. */
  readonly format?: TextFormat;
}

const SCHEMES = ["ws", "wss"];

const HEARTBEAT = "30s";

/** Of these a message is known to be JSON, and none of them is to come again. */
const DONE: ReadonlySet<Outcome> = new Set(["routed", "unmatched", "duplicate", "filtered"]);

/**
 * Opens a url as a source.
 *
 * @throws {BusError} `bad_input`: a secret is not there, or a setting is wrong
 */
export function openWebsocket(
  settings: WebsocketSettings,
  context: SourceContext,
  clocks: SystemClocks = SYSTEM_CLOCKS,
): Source {
  return new WebsocketSource(settings, context, clocks);
}

/**
 * Looks for what its settings say that cannot be, as far as that is seen without its secrets.
 *
 * @throws {BusError} `bad_input`: a setting is wrong, or they do not fit each other
 */
export function checkWebsocket(settings: WebsocketSettings): void {
  heartbeatOf(settings);
  // What a secret is to be nobody knows yet; this could stand in its place, a url or a header.
  const secret: SourceContext["secret"] = (text) => typeof text === "string" ? text : "ws://secret";
  addressOf(settings, { secret }, SCHEMES, "");
  const { resume, format } = settings;
  if (resume === undefined || format !== "text") return;
  throw new BusError("bad_input", "resume needs messages that are JSON, and the format is text");
}

class WebsocketSource implements Source {
  readonly #heartbeat: number;
  #leftOut = 0;
  #lastId = "";

  constructor(
    private readonly settings: WebsocketSettings,
    private readonly context: SourceContext,
    private readonly clocks: SystemClocks,
  ) {
    this.#heartbeat = heartbeatOf(settings);
    this.#address();
    const places = `${JSON.stringify(settings.send ?? [])}${context.secret(settings.url)}`;
    if (places.includes(LAST_ID) !== (settings.resume !== undefined)) {
      const hint = `resume is the path in a message of what ${LAST_ID} in url or send stands for`;
      throw new BusError("bad_input", `resume and ${LAST_ID} need each other`, hint);
    }
    checkWebsocket(settings);
  }

  async *run(signal: AbortSignal): Run {
    const { clocks, settings: { format = "json" } } = this;
    const onTooLong = () => this.#leaveOut(`it is longer than ${MAX_FRAME_BYTES} bytes`);
    const options = { address: this.#address(), heartbeat: this.#heartbeat, clocks, onTooLong };
    const connection = await WebsocketConnection.open(options, signal);
    if (!connection) return;
    const leave = () => connection.leave();
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      connection.send(this.#texts());
      yield { state: "connected" };
      for await (const messages of connection.messages()) {
        const texts = messages.flatMap((bytes) => this.#text(bytes) ?? []);
        if (texts.length === 0) continue;
        this.#remember(texts, yield { findings: texts.map((text) => findingOf(text, format)) });
        if (signal.aborted) return;
      }
      if (!signal.aborted) throw new BusError("failed", connection.reason);
    } finally {
      signal.removeEventListener("abort", leave);
      await connection.close();
    }
  }

  #address() {
    return addressOf(this.settings, this.context, SCHEMES, this.#lastId);
  }

  #texts(): string[] {
    const fill = (value: unknown) =>
      typeof value === "string" ? value.replaceAll(LAST_ID, () => this.#lastId) : value;
    return (this.settings.send ?? []).map((message) => {
      const filled = fill(message);
      return typeof filled === "string"
        ? filled
        : JSON.stringify(filled, (_, value) => fill(value));
    });
  }

  #text(bytes: Uint8Array): string | undefined {
    const text = decodeStrictly(bytes);
    if (text === undefined) this.#leaveOut("it is not UTF-8");
    return text;
  }

  #leaveOut(reason: string): void {
    this.context.log("message", `a message was left out, ${reason} (${++this.#leftOut} so far)`);
  }

  /** Of several messages the last one that has an id. */
  #remember(texts: readonly string[], outcomes: readonly Outcome[] = []): void {
    const { resume } = this.settings;
    if (resume === undefined) return;
    for (const [at, outcome] of [...outcomes.entries()].reverse()) {
      const text = texts[at];
      if (text === undefined || !DONE.has(outcome)) continue;
      const id = bodyValues(text)(resume);
      if (!isName(id)) continue;
      this.#lastId = id;
      return;
    }
  }
}

function heartbeatOf({ heartbeat = HEARTBEAT }: WebsocketSettings): number {
  const milliseconds = parseDuration(heartbeat);
  if (milliseconds === undefined) throw new BusError("bad_input", "the heartbeat is no time");
  return milliseconds;
}
