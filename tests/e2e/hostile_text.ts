/**
 * Text that does harm where it reaches a terminal as it is, and a hub whose every word is such text.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";

function characters(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
}

/** All of C0, DEL, C1 and the marks that turn direction, and what programs of a terminal act on. */
export const HOSTILE_TEXT = `${characters(0x00, 0x1f)}${characters(0x7f, 0x9f)}` +
  `${characters(0x202a, 0x202e)}${characters(0x2066, 0x2069)}\u2028\u2029\u200e\u200f\u061c` +
  "\x1b]52;c;aGFybQ==\x07\x1b[2J\x1b]0;harm\x07\x9b1m\r\nerror: all is well\n";

/** What of a text would do harm; nothing where a person can look at it. */
export function harmIn(text: string): string[] {
  // deno-lint-ignore no-control-regex
  const harmful = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  return [...new Set(text.match(harmful))].map((one) => `U+${one.charCodeAt(0).toString(16)}`);
}

/** How it answers each first frame: with what, and whether it then closes. */
export type Answers = Readonly<Record<string, readonly object[]>>;

/** A hub's answers, with that text in every field that may have it. */
export function hostileAnswers(text: string = HOSTILE_TEXT): Answers {
  const consumer = {
    pid: 1,
    event_key: text,
    subscription_id: text,
    event_types: [text, text],
    received: 1,
    dropped: 1,
    queued: 0,
  };
  const source = { source: text, state: "reconnecting", detail: text };
  return {
    status_query: [{
      type: "status_response",
      pid: 1,
      uptime_sec: 1,
      active_conns: 1,
      consumers: [consumer],
      hub_id: text,
      hub_version: text,
      capabilities: [text],
      socket: text,
      sources: [source],
      types: [{ event_type: text, published: 1, last_at: 1, consumers: 1 }],
      config: text,
      published: 1,
      unmatched: 0,
      duplicates: 0,
      refused: 0,
      closing: 1,
      closed: [{ ...consumer, closed_at: 1, reason: text }],
      buffered_bytes: 0,
      buffered_limit: 1,
      warnings: [text],
    }],
    hello: [
      {
        type: "hello_ack",
        bus_version: text,
        first_for_key: true,
        hub_id: text,
        sources: [source],
      },
      { type: "source_status", ...source },
      { type: "event", event_type: text, event_id: text, payload: { text }, seq: 7 },
      { type: "bye", reason: text },
    ],
    event: [{ type: "error", code: text, message: `frame 1: ${text}` }],
    flush: [{ type: "error", code: text, message: `frame 1: ${text}` }],
    shutdown: [{ type: "error", code: text, message: text }],
  };
}

/** The answers of a hub that rejects a hello. */
export function hostileRejection(text: string = HOSTILE_TEXT): Answers {
  const reason = { rejected: true, reject_reason: text, reject_code: text };
  return {
    hello: [{ type: "hello_ack", bus_version: "v1", first_for_key: false, ...reason }],
  };
}

/** Listens at a path and gives these answers until it is closed. */
export class AnsweringHub implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #serving: Promise<void>;
  readonly #connections = new Set<Promise<void>>();

  constructor(path: string, private readonly answers: Answers) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#serving = this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    await Promise.all(this.#connections);
  }

  async #serve(): Promise<void> {
    try {
      for (;;) {
        const connection = await this.#listener.accept();
        const answering = this.#answer(connection).catch(() => {});
        this.#connections.add(answering);
        void answering.then(() => this.#connections.delete(answering));
      }
    } catch {
      // Closed.
    }
  }

  async #answer(connection: Deno.UnixConn): Promise<void> {
    using _ = connection;
    const lines = connection.readable
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    const { value = "{}" } = await lines.read();
    for (const answer of this.answers[JSON.parse(value).type] ?? []) {
      const bytes = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    }
    await lines.cancel();
  }
}
