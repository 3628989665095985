/**
 * How a connection becomes a WebSocket: RFC 6455, section 4.
 *
 * It is spoken on Deno's own connections. Those of `node:net` and `node:tls`, on which `ws` would do
 * it, lose bytes when they are paused (Deno 2.7) or cannot be paused at all (2.9, with TLS), and stay
 * open when they are given up.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { unescape } from "node:querystring";
import { orAborted } from "../../platform/aborted.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { BusError } from "../../protocol/errors.ts";
import type { Address } from "../address.ts";

/** A connection on which from now on frames come. */
export interface Upgraded {
  readonly connection: Deno.Conn;
  /** What of them came with the answer. */
  readonly rest: Uint8Array;
}

/** Bytes of the longest answer. */
const LONGEST_HEAD = 16 * 1024;

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Connects to a server, and agrees with it on the protocol.
 *
 * @param signal gives that up; then it rejects with whatever comes of it
 * @throws {BusError} `failed`: the server is not there, does not want to, or is none for WebSockets
 */
export async function shakeHands(address: Address, signal: AbortSignal): Promise<Upgraded> {
  let connection: Deno.Conn | undefined;
  const close = () => connection && closeQuietly(connection);
  signal.addEventListener("abort", close);
  try {
    connection = await connect(address.url, signal);
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
    const asked = headersOf(address, key);
    await writeAll(connection, requestOf(address.url, asked));
    const { head, rest } = await readHead(connection);
    check(address, asked, head, key);
    return { connection, rest };
  } catch (error) {
    close();
    if (error instanceof BusError) throw error;
    throw failed(`${address.name} cannot be reached: ${systemReason(error)}`);
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/** Writes all of it. */
export async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Closes a connection that may be closed already. */
export function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was.
  }
}

/** Of a name's addresses the first one on which somebody answers; `Deno.connect` tries but one. */
async function connect(url: URL, signal: AbortSignal): Promise<Deno.Conn> {
  const isSecure = url.protocol === "wss:";
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  let failure: unknown;
  for (const { address } of await orAborted(lookup(name, { all: true }), signal) ?? []) {
    try {
      const connection = await connectTo(address, port, signal);
      if (!isSecure) return connection;
      return await Deno.startTls(connection, { hostname: name, alpnProtocols: ["http/1.1"] });
    } catch (error) {
      failure = error;
    }
    if (signal.aborted) break;
  }
  throw failure ?? new Error("it has no address");
}

async function connectTo(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const connecting = Deno.connect({ hostname, port });
  const connection = await orAborted(connecting, signal);
  if (connection && !signal.aborted) {
    // A ping is small, and must not wait for what comes after it.
    connection.setNoDelay();
    return connection;
  }
  // It cannot be called off.
  connecting.then(closeQuietly, () => {});
  throw new Error("given up");
}

function headersOf({ url, headers }: Address, key: string): Headers {
  const all = new Headers({ host: url.host });
  if (url.username !== "" || url.password !== "") {
    const user = Buffer.from(`${unescape(url.username)}:${unescape(url.password)}`);
    all.set("authorization", `Basic ${user.toString("base64")}`);
  }
  for (const [name, value] of headers) all.set(name, value);
  all.set("connection", "Upgrade");
  all.set("upgrade", "websocket");
  all.set("sec-websocket-version", "13");
  all.set("sec-websocket-key", key);
  // None is understood: of what is compressed a small piece can be a large one.
  all.delete("sec-websocket-extensions");
  return all;
}

function requestOf({ pathname, search }: URL, headers: Headers): Uint8Array {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines}\r\n`, "latin1");
}

async function readHead(connection: Deno.Conn): Promise<{ head: string; rest: Uint8Array }> {
  const buffer = Buffer.alloc(LONGEST_HEAD);
  for (let length = 0; length < buffer.length;) {
    const read = await connection.read(buffer.subarray(length));
    if (read === null) throw new Error("it closed the connection instead of an answer");
    const end = buffer.subarray(0, length + read).indexOf("\r\n\r\n", Math.max(length - 3, 0));
    length += read;
    if (end === -1) continue;
    return { head: buffer.toString("latin1", 0, end), rest: buffer.subarray(end + 4, length) };
  }
  throw new Error("its answer is no end of headers");
}

function check({ name }: Address, asked: Headers, head: string, key: string): void {
  const [first = "", ...lines] = head.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new Error("its answer is not HTTP");
  if (status !== "101") throw failed(`${name} answered ${status}`);
  const got = new Headers(lines.map((line) => {
    const [, name = "", value = ""] = /^([^:]*):(.*)$/.exec(line) ?? [];
    return [name, value.trim()];
  }));
  const accept = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
  const protocol = got.get("sec-websocket-protocol");
  const protocols = asked.get("sec-websocket-protocol")?.split(",").map((one) => one.trim()) ?? [];
  if (
    got.get("upgrade")?.toLowerCase() !== "websocket" ||
    !/\bupgrade\b/i.test(got.get("connection") ?? "") ||
    got.get("sec-websocket-accept") !== accept ||
    got.has("sec-websocket-extensions") ||
    protocol !== null && !protocols.includes(protocol)
  ) throw failed(`${name} answered 101, but not as a WebSocket server does`);
}

function failed(message: string): BusError {
  return new BusError("failed", message);
}
