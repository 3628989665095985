/**
 * The bytes between this program and a NATS server.
 *
 * @module
 */

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Buffer } from "node:buffer";
import {
  checkOptions,
  type ConnectionOptions,
  INFO,
  type Server,
  type ServerInfo,
  type Transport,
} from "@nats-io/transport-node";
import { readTextUpTo } from "../../platform/bounded_file.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { VERSION } from "../../platform/version.ts";
import { BusError } from "../../protocol/errors.ts";

/** A server that is not there, or does not speak: it may yet come. */
export class Unreachable extends Error {
  /** The name of this class. */
  override readonly name = "Unreachable";
}

/** What a transport is told beside what the client itself wants to know. */
export interface DialOptions extends ConnectionOptions {
  /** Ends it, in the middle of a dial too. */
  readonly leaving: AbortSignal;
  /** Is told why a server cannot be had. */
  readonly onFailure: (reason: string) => void;
}

/** What TLS needs, as it stands in files. */
interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Milliseconds that a server has from the dial until it has greeted. */
const GREETING_MS = 4_000;

/** Milliseconds between two looks whether the server is trusted. */
const TRUST_MS = 5;

/** What is meant by the codes of a dial that failed. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  ENOTFOUND: "no such host",
  ETIMEDOUT: "it did not answer in time",
};

/** Bytes of the longest file for TLS. */
const LONGEST_CERTIFICATE = 1024 * 1024;

/** Bytes of the longest greeting; a server names the others of its cluster in it. */
const LONGEST_GREETING = 256 * 1024;

/**
 * One connection, from its dial to its end. The client's own can neither be called off while it dials
 * nor lets go of a server that does not answer, and begins TLS too late for older runtimes.
 */
export class NatsTransport implements Transport {
  readonly lang = "bus";
  readonly version = VERSION;
  readonly #ended = Promise.withResolvers<void | Error>();
  #socket: Socket | undefined;
  #isEncrypted = false;
  #isDialing = true;
  #isClosed = false;
  #closeError: Error | undefined;
  #frames: Uint8Array[] = [];
  #heard = Promise.withResolvers<void>();
  /** Whether the server has said more than its greeting. */
  #hasHeard = false;
  #letGo: () => void = () => {};
  #callOff: () => void = () => {};
  #onFailure: (reason: string) => void = () => {};

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get closeError(): Error {
    return this.#closeError ?? new Unreachable("the connection was lost");
  }

  /** @throws {Unreachable | BusError} it is not to be had */
  async connect(server: Server, options: ConnectionOptions): Promise<void> {
    // It is only ever made for such options.
    const { leaving, onFailure, tls } = options as DialOptions;
    const name = printable(server.listen, 200);
    this.#onFailure = (reason) => onFailure(`${name} cannot be used: ${reason}`);
    const leave = () => this.discard();
    leaving.addEventListener("abort", leave);
    this.#letGo = () => leaving.removeEventListener("abort", leave);
    const late = () => this.#end(new Unreachable("it did not answer in time"));
    const callOff = SYSTEM_CLOCKS.after(GREETING_MS, late);
    try {
      const certificates = await certificatesOf(tls);
      if (leaving.aborted || this.#isClosed) throw new Unreachable("it is left");
      await this.#dial(server, options, certificates);
      this.#isDialing = false;
    } catch (error) {
      this.discard();
      const failure = error instanceof Unreachable
        ? new Unreachable(`${name} cannot be reached: ${error.message}`)
        : failed(`${name} cannot be used: ${systemReason(error)}`, hintOf(error));
      onFailure(failure.message);
      throw failure;
    } finally {
      callOff();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        while (this.#frames.length > 0) yield* this.#frames.splice(0);
        if (this.#isClosed) return;
        this.#heard = Promise.withResolvers();
        await this.#heard.promise;
      }
    } finally {
      // What came was nothing that the client understands.
      if (!this.#isClosed) this.#end(new Unreachable("it does not speak NATS"));
    }
  }

  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  send(frame: Uint8Array): void {
    if (!this.#isClosed) this.#socket?.write(frame);
  }

  close(error?: Error): Promise<void> {
    this.#end(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#end();
  }

  closed(): Promise<void | Error> {
    return this.#ended.promise;
  }

  /** Lets go of it without a word to anybody. */
  discard(): void {
    this.#isClosed = true;
    this.#letGo();
    this.#heard.resolve();
    this.#socket?.destroy();
    this.#callOff();
  }

  #end(error?: Error): void {
    if (this.#isClosed) return;
    this.#closeError = error;
    this.discard();
    if (error && !this.#isDialing && !this.#hasHeard) this.#onFailure(reasonOf(error));
    // Of one that never was the client hears otherwise.
    if (!this.#isDialing) this.#ended.resolve(error);
  }

  #dial(server: Server, options: ConnectionOptions, certificates: Certificates): Promise<void> {
    const ready = Promise.withResolvers<void>();
    // Nobody may be waiting any more.
    ready.promise.catch(() => {});
    this.#callOff = () => ready.reject(this.#closeError ?? new Unreachable("it is left"));
    const socket = connectTcp(server.port, server.hostname);
    // An older runtime forgets what it is told before.
    socket.once("connect", () => socket.setNoDelay(true));
    let greeting = new Uint8Array();
    const greet = (bytes: Uint8Array) => {
      greeting = Buffer.concat([greeting, bytes]);
      try {
        const info = infoOf(greeting);
        if (!info) return;
        checkOptions(info, options);
        socket.removeAllListeners();
        // The client reads it once more.
        this.#frames.push(greeting);
        if (!info.tls_required && !info.tls_available) {
          this.#listen(socket, ready.reject);
          return ready.resolve();
        }
        // At once: whoever turns back to the runtime first has begun to read what belongs to TLS.
        this.#isEncrypted = true;
        const secure = connectTo(socket, server, certificates);
        // It tells all that happens to the one below.
        socket.on("error", () => {});
        this.#listen(secure, (error) => ready.reject(noTls(error)));
        secure.once("secureConnect", () => this.#whenTrusted(secure, ready.resolve));
      } catch (error) {
        ready.reject(error);
      }
    };
    this.#listen(socket, (error) => ready.reject(new Unreachable(reasonOf(error))), greet);
    return ready.promise;
  }

  /** An older runtime says that it is secure before it has looked whether it trusts the certificate. */
  #whenTrusted(secure: TLSSocket, resolve: () => void): void {
    if (this.#isClosed) return;
    if (Object.keys(secure.getPeerCertificate() ?? {}).length > 0) resolve();
    else SYSTEM_CLOCKS.after(TRUST_MS, () => this.#whenTrusted(secure, resolve));
  }

  /** @param fail is told why the socket is closed */
  #listen(
    socket: Socket,
    fail: (error: Error) => void,
    take = (frame: Uint8Array) => this.#take(frame),
  ): void {
    this.#socket = socket;
    let reason: Error | undefined;
    socket.on("data", take);
    socket.on("error", (error) => reason ??= error);
    socket.on("close", () => {
      const error = this.#closeError ?? reason ?? new Unreachable("it closed the connection");
      fail(error);
      this.#end(error);
    });
  }

  #take(frame: Uint8Array): void {
    this.#hasHeard = true;
    this.#frames.push(frame);
    this.#heard.resolve();
  }
}

/** What a server says of itself; nothing while that is not whole. */
function infoOf(greeting: Uint8Array): ServerInfo | undefined {
  if (greeting.length > LONGEST_GREETING) throw new Unreachable("it does not speak NATS");
  const end = greeting.indexOf(0x0a);
  if (end === -1) return undefined;
  const [, json = ""] = INFO.exec(new TextDecoder().decode(greeting.subarray(0, end + 1))) ?? [];
  try {
    const info: unknown = JSON.parse(json);
    // The client deals with fields that are missing.
    if (typeof info === "object" && info !== null) return info as ServerInfo;
  } catch {
    // It is said below.
  }
  throw new Unreachable("it does not speak NATS");
}

function connectTo(socket: Socket, server: Server, certificates: Certificates): TLSSocket {
  const host = server.tlsName || server.hostname;
  const options = { socket, host, ...certificates };
  if (!isIP(host)) return connectTls({ ...options, servername: host });
  try {
    // An older runtime compares the certificate with nothing else.
    return connectTls({ ...options, servername: host });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return connectTls({ ...options, servername: "" });
  }
}

async function certificatesOf(tls: ConnectionOptions["tls"]): Promise<Certificates> {
  const { caFile, certFile, keyFile } = tls ?? {};
  return {
    ...(caFile === undefined ? {} : { ca: await read(caFile) }),
    ...(certFile === undefined ? {} : { cert: await read(certFile) }),
    ...(keyFile === undefined ? {} : { key: await read(keyFile) }),
  };
}

async function read(path: string): Promise<string> {
  try {
    return await readTextUpTo(path, LONGEST_CERTIFICATE);
  } catch (error) {
    throw failed(`${printable(path)} cannot be read: ${systemReason(error)}`);
  }
}

function reasonOf(error: Error & { readonly code?: string }): string {
  return REASONS[error.code ?? ""] ?? systemReason(error);
}

function noTls(error: Error): BusError {
  const hint = "tls.ca is the file of whoever vouches for the server, where the system does not";
  return failed(`there is no TLS with it: ${reasonOf(error)}`, hint);
}

function hintOf(error: unknown): string | undefined {
  return error instanceof BusError ? error.hint : undefined;
}

function failed(message: string, hint?: string): BusError {
  return new BusError("failed", message, hint);
}
