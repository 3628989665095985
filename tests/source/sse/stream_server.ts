/**
 * A server of event streams, and a source that reads from it.
 *
 * @module
 */

import type { SseSettings } from "../../../lib/source/sse.ts";
import type { Play } from "../kit.ts";

/** One request of a source, and the stream that it gets. */
export interface Visit {
  readonly headers: Headers;
  readonly gone: Promise<void>;
  /** Sends a text, or bytes. */
  send(piece: string | Uint8Array): void;
  /** Ends the stream well. */
  end(): void;
}

/** A server that streams what the test says. */
export class StreamServer implements AsyncDisposable {
  readonly visits: Visit[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(greet: (visit: Visit, count: number) => void) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const gone = Promise.withResolvers<void>();
      let hasEnded = false;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          const visit: Visit = {
            headers: request.headers,
            gone: gone.promise,
            send: (piece) =>
              controller.enqueue(
                typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
              ),
            end: () => {
              hasEnded = true;
              controller.close();
            },
          };
          this.visits.push(visit);
          greet(visit, this.visits.length);
        },
        cancel: () => gone.resolve(),
      });
      request.signal.addEventListener("abort", () => hasEnded || gone.resolve());
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/events?token=hidden`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

export function settings(url: string, more: Partial<SseSettings> = {}): SseSettings {
  return { kind: "sse", url, ...more };
}

export function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}
