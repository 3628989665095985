/**
 * One stream of server-sent events, from its request to its end.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type EventSourceMessage, EventSourceParserStream } from "eventsource-parser/stream";
import type { SystemClocks } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../../protocol/limits.ts";
import type { Address } from "../address.ts";

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
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A stream can end well, fall silent, break, or be ended. */
export type StreamEnd = "ended" | "silent" | "broken" | "aborted";

/** Milliseconds by which a heartbeat that is late counts as one of a process that stood still. */
const LATE_MS = 1_000;

const NOTHING = Promise.resolve(undefined);

/**
 * Reads a stream. Each character of what it hands out is one byte: the format's own characters are
 * ASCII, so that what is not UTF-8 spoils the event that has it and no other.
 */
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
  #lastId: string | undefined;
  #messages: ReadableStreamDefaultReader<EventSourceMessage> | undefined;

  constructor(private readonly options: EventStreamOptions) {}

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
    return this.#lastId;
  }

  /**
   * Asks for the stream. Resolves when it is there, or when the signal has fired.
   *
   * @throws {BusError} `failed`: there is none to be had
   */
  async open(): Promise<void> {
    const { signal, onRetry } = this.options;
    signal.addEventListener("abort", this.#letGo);
    if (signal.aborted) return;
    await this.#request();
    if (!this.#body) return;
    const pieces = this.#pieces(this.#body);
    const parser = new EventSourceParserStream({
      maxBufferSize: MAX_FRAME_BYTES,
      onRetry,
      onId: (id) => this.#lastId = id,
    });
    this.#messages = ReadableStream.from(pieces).pipeThrough(parser).getReader();
  }

  /**
   * The events; those that came together come together. What has come is handed out before the end.
   *
   * @throws {BusError} `failed`: an event is too long
   */
  async *messages(): AsyncGenerator<EventSourceMessage[], void, void> {
    if (!this.#messages) return;
    for (let next = this.#messages.read();;) {
      const { value } = await next.catch(tooLong);
      if (!value) return;
      const together = [value];
      for (;;) {
        next = this.#messages.read();
        // The run may end before it is waited for.
        next.catch(() => {});
        // What is there already wins against nothing.
        const more = await Promise.race([next, NOTHING]).catch(() => undefined);
        if (!more?.value) break;
        together.push(more.value);
      }
      yield together;
    }
  }

  /** Lets go of it. */
  async close(): Promise<void> {
    this.options.signal.removeEventListener("abort", this.#letGo);
    this.#letGo();
    await this.#messages?.cancel().catch(() => {});
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

  /** Ends without an error, whatever happens: an error would take away what is not yet read. */
  async *#pieces(
    body: ReadableStreamDefaultReader<Uint8Array>,
  ): AsyncGenerator<string, void, void> {
    try {
      for (;;) {
        const { value } = await this.#unlessSilent(body.read());
        if (!value) return;
        this.#hasSpoken = true;
        yield Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
      }
    } catch {
      this.#end = "broken";
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

/** Nothing else ends the messages with an error. */
function tooLong(): never {
  throw failed(`an event is longer than ${MAX_FRAME_BYTES} bytes`);
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
