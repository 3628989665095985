/**
 * A client of HTTP that says what a test wants, byte for byte.
 *
 * @module
 */

/** One connection. */
export class RawHttp implements Disposable {
  readonly #decoder = new TextDecoder();
  #heard = "";

  private constructor(private readonly connection: Deno.TcpConn) {}

  /** Connects to where a url points. */
  static async connect(url: string): Promise<RawHttp> {
    const { hostname, port } = new URL(url);
    return new RawHttp(
      await Deno.connect({ hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }),
    );
  }

  /** Sends a text, or bytes. False where the server takes no more. */
  async send(data: string | Uint8Array): Promise<boolean> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    try {
      for (let at = 0; at < bytes.length;) at += await this.connection.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }

  /** All that the server says until it contains something, or the server ends. */
  async heard(what = "\0"): Promise<string> {
    const buffer = new Uint8Array(16 * 1024);
    while (!this.#heard.includes(what)) {
      const count = await this.connection.read(buffer).catch(() => null);
      if (count === null) break;
      this.#heard += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    return this.#heard;
  }

  /** The status of the answer; nothing where there is none. */
  async status(): Promise<number | undefined> {
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(await this.heard("\r\n\r\n")) ?? [];
    return status === undefined ? undefined : Number(status);
  }

  /** Goes without a word. */
  [Symbol.dispose](): void {
    this.connection.close();
  }
}

/** The head of a request, and as much of its body as is given. */
export function request(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const length = String(new TextEncoder().encode(body).length);
  const all = { host: "localhost", "content-length": length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
