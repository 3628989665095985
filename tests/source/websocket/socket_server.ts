/**
 * A server of WebSockets, and a source that reads from it.
 *
 * @module
 */

import type { WebsocketSettings } from "../../../lib/source/websocket.ts";
import type { Play } from "../kit.ts";

/** A connection as the server sees it. */
export interface Visit {
  readonly url: URL;
  readonly headers: Headers;
  readonly socket: WebSocket;
  readonly received: unknown[];
  /** Resolves with the code with which it was closed. */
  readonly closed: Promise<number>;
}

/** A server that sends what the test says. */
export class SocketServer implements AsyncDisposable {
  readonly visits: Visit[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param greet is called when a connection is open */
  constructor(greet: (visit: Visit, count: number) => void = () => {}) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      const url = new URL(request.url);
      const headers = new Headers(request.headers);
      const protocol = headers.get("sec-websocket-protocol");
      const { socket, response } = Deno.upgradeWebSocket(request, {
        idleTimeout: 0,
        ...(protocol ? { protocol } : {}),
      });
      const closed = Promise.withResolvers<number>();
      const visit = { url, headers, socket, received: [] as unknown[], closed: closed.promise };
      this.visits.push(visit);
      socket.onopen = () => greet(visit, this.visits.length);
      socket.onmessage = ({ data }) => void visit.received.push(data);
      socket.onclose = ({ code }) => closed.resolve(code);
      socket.onerror = () => {};
      return response;
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/live?token=hidden`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

export function settings(url: string, more: Partial<WebsocketSettings> = {}): WebsocketSettings {
  return { kind: "websocket", url, ...more };
}

export function rawUrl(listener: Deno.TcpListener): string {
  return `ws://127.0.0.1:${listener.addr.port}/live`;
}

export function listen(): Deno.TcpListener {
  return Deno.listen({ port: 0, hostname: "127.0.0.1" });
}

export function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}
