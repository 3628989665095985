/**
 * One stream of server-sent events, from its request to its end.
 *
 * @module
 */

import type { EventSourceMessage } from "eventsource-parser";
import type { SystemClocks } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import type { Address } from "../address.ts";
import { EventParser } from "./event_parser.ts";

/** What an {@linkcode EventStream} needs. */
export interface EventStreamOptions {
  readonly address: Address;
  /** The id of the last event that was had, its bytes as characters; from the start if absent. */
  readonly lastId?: string | undefined;
  /** Milliseconds in which nothing at all may come before it counts as lost. */
  readonly heartbeat: number;
  readonly clocks: SystemClocks;
  /** Is told the milliseconds that the server wants to be left alone before it is asked again. */
  readonly onRetry: (milliseconds: number) => void;
  /** Is told of each event that is left out because it is too long. */
  readonly onTooLong?: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A stream can end well, fall silent, break, or be ended. */
export type StreamEnd = "ended" | "silent" | "broken" | "aborted";

/** Milliseconds by which a heartbeat that is late counts as one of a process that stood still. */
const LATE_MS = 1_000;

/** Reads a stream, one piece after the other, and none before the events of the last one are taken. */
export class EventStream {
  readonly #over = new AbortController();
  readonly #letGo = () => {
    // To abort alone would leave the connection open as long as nobody reads from it.
    this.#body?.cancel().catch(() => {});
    this.#over.abort();
  };
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #end: StreamEnd = "ended";
  #hasSpoken = false;
  readonly #parser: EventParser;

  constructor(private readonly options: EventStreamOptions) {
    const { onRetry, onTooLong = () => {} } = options;
    this.#parser = new EventParser({ onRetry, onTooLong });
  }

  /** How it ended. */
  get end(): StreamEnd {
    return this.options.signal.aborted ? "aborted" : this.#end;
  }

  /** Whether anything came. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** The last id that it set, with an event or without; to be asked when all is read. */
  get lastId(): string | undefined {
    return this.#parser.lastId;
  }

  /**
   * Asks for the stream. Resolves when it is there, or when the signal has fired.
   *
   * @throws {BusError} `failed`: there is none to be had
   */
  async open(): Promise<void> {
    const { signal } = this.options;
    signal.addEventListener("abort", this.#letGo);
    if (!signal.aborted) await this.#request();
  }

  /** The events; those that came together come together. What has come is handed out before the end. */
  async *messages(): AsyncGenerator<EventSourceMessage[], void, void> {
    for (let piece = await this.#read(); piece; piece = await this.#read()) {
      const events = this.#parser.take(piece);
      if (events.length > 0) yield events;
    }
  }

  /** Lets go of it. */
  close(): void {
    this.options.signal.removeEventListener("abort", this.#letGo);
    this.#letGo();
  }

  async #request(): Promise<void> {
    const { url, name, headers } = this.options.address;
    const all = new Headers({ "accept": "text/event-stream", "cache-control": "no-store" });
    for (const [name, value] of headers) all.set(name, value);
    if (this.options.lastId) all.set("last-event-id", this.options.lastId);
    let response: Response;
    try {
      // A redirect could lead the headers, which may be secret, to another server.
      const init: RequestInit = { headers: all, redirect: "manual", signal: this.#over.signal };
      response = await this.#unlessSilent(fetch(url, init));
    } catch (error) {
      if (this.end === "aborted") return;
      const reason = this.#end === "silent" ? "it did not answer" : reasonOf(error);
      throw failed(`${name} cannot be reached: ${reason}`);
    }
    const { status, body } = response;
    this.#body = body?.getReader();
    if (status === 204) throw failed(`${name} answered 204: nothing more comes from there`);
    if (status >= 300 && status < 400) {
      throw failed(`${name} answered ${status}`, "give the url that it redirects to");
    }
    if (status !== 200) throw failed(`${name} answered ${status}`);
    const type = response.headers.get("content-type") ?? "no content type";
    if (!this.#body || !/^text\/event-stream\s*(?:;|$)/i.test(type)) {
      throw failed(`${name} answered with ${printable(type, 100)} and not with text/event-stream`);
    }
  }

  /** The next piece; nothing at the end, whichever end it was. */
  async #read(): Promise<Uint8Array | undefined> {
    if (!this.#body) return undefined;
    try {
      const { value } = await this.#unlessSilent(this.#body.read());
      this.#hasSpoken ||= value !== undefined;
      return value;
    } catch {
      this.#end = "broken";
      return undefined;
    }
  }

  async #unlessSilent<T>(promise: Promise<T>): Promise<T> {
    const { clocks, heartbeat } = this.options;
    let callOff = () => {};
    const wait = () => {
      const due = clocks.monotonic() + heartbeat;
      callOff = clocks.after(heartbeat, () => {
        // A process that stood still has not yet read what came meanwhile.
        if (clocks.monotonic() - due > LATE_MS) return wait();
        this.#end = "silent";
        this.#letGo();
      });
    };
    wait();
    try {
      return await promise;
    } finally {
      callOff();
    }
  }
}

/** Why there is no answer. What `fetch` says names the whole url, secrets and all. */
function reasonOf(error: unknown): string {
  const { message } = error instanceof Error && error.cause instanceof Error
    ? error.cause
    : error as Error;
  const [, reason] = /(?:client error \(\w+\)|^Fetch failed): ([^/]+)$/.exec(message) ?? [];
  return reason === undefined ? "the connection failed" : systemReason(reason);
}

function failed(message: string, hint?: string): BusError {
  return new BusError("failed", message, hint);
}
