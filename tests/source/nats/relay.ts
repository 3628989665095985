/**
 * A way to a server that can be barred.
 *
 * @module
 */

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const HOST = "127.0.0.1";

/** Passes on what goes to a server and what comes from it. */
export class Relay implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #door = createServer((near) => this.#pass(near));
  #port = 0;

  private constructor(private readonly server: string) {}

  /** @param server the server's address */
  static async to(server: string): Promise<Relay> {
    const relay = new Relay(server);
    await relay.unbar();
    return relay;
  }

  /** Where it listens. */
  get address(): string {
    return `${HOST}:${this.#port}`;
  }

  /** Nobody else gets through any more. */
  bar(): void {
    this.#door.close();
  }

  /** Lets others through again, at the same address. */
  async unbar(): Promise<void> {
    await new Promise<void>((resolve) => this.#door.listen(this.#port, HOST, resolve));
    this.#port = (this.#door.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#door.listening) await new Promise((resolve) => this.#door.close(resolve));
  }

  #pass(near: Socket): void {
    const [host = HOST, port] = this.server.split(":");
    const far = connect(Number(port), host);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      // Of what it died the one at the other end sees.
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
