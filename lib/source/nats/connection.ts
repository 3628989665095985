/**
 * The connection to NATS: with whom, as whom, and whether it is up.
 *
 * @module
 */

import {
  AuthorizationError,
  type NatsConnection,
  NatsConnectionImpl,
  PermissionViolationError,
  setTransportFactory,
  type Status,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { orAborted } from "../../platform/aborted.ts";
import { backoff, type PauseRange } from "../../platform/backoff.ts";
import { SYSTEM_CLOCKS } from "../../platform/clocks.ts";
import { printable } from "../../platform/printable.ts";
import { systemReason } from "../../platform/system_reason.ts";
import { within } from "../../platform/within.ts";
import { BusError } from "../../protocol/errors.ts";
import { credentialsOf, readCredentials } from "./credentials.ts";
import { type DialOptions, NatsTransport, Unreachable } from "./transport.ts";
import type { Change, Secret, SourceContext } from "../source.ts";

/** With whom and as whom one connects. */
export interface NatsConnectionSettings {
  /** Addresses of one server or of one cluster: `HOST:PORT`, with `tls://` before it where TLS is a must. */
  readonly servers: string | readonly string[];
  /** A file of credentials, as `nsc` makes it. */
  readonly credentials?: string;
  /** Who one is, by a token. */
  readonly token?: Secret;
  /** Who one is, by a name, ... */
  readonly user?: Secret;
  /** ... and its password. */
  readonly password?: Secret;
  /** Files for TLS, which is a must where this stands: who vouches for the server, and who one is. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** What a {@linkcode NatsLink} needs. */
export interface NatsLinkOptions {
  readonly settings: NatsConnectionSettings;
  readonly context: Pick<SourceContext, "name" | "log" | "secret">;
  /** The pauses before it is tried again. */
  readonly pauses: PauseRange;
  /** Is told whenever the connection is lost and found again. */
  readonly onChange: (change: Change) => void;
  /** Is told of each message that the server does not take, with why; if absent it is logged. */
  readonly onRefusal?: ((reason: string) => void) | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds that a server has from the dial until it has let one in. */
const CONNECT_MS = 6_000;

/** Milliseconds that the end has for what is still to be sent. */
const FLUSH_MS = 500;

/** Milliseconds between two pings; it is lost when two were not answered. */
const PING_MS = 20_000;

const ADDRESS = /^(?:(?:nats|tls):\/\/)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Looks whether one can connect with these settings at all.
 *
 * @throws {BusError} `bad_input`: they contradict each other, or something of them is missing
 */
export function checkNatsConnection(settings: NatsConnectionSettings): void {
  const { credentials, token, user, password, tls } = settings;
  const servers = serversOf(settings);
  if (servers.length === 0) throw new BusError("bad_input", "there is no server");
  if (!servers.every((server) => ADDRESS.test(server))) {
    const hint = "user, password and token are settings of their own";
    throw new BusError("bad_input", "a server is HOST:PORT or tls://HOST:PORT", hint);
  }
  if ((user === undefined) !== (password === undefined)) {
    throw new BusError("bad_input", "user and password need each other");
  }
  if ([credentials, token, user].filter((one) => one !== undefined).length > 1) {
    throw new BusError("bad_input", "only one of credentials, token and user can be given");
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    throw new BusError("bad_input", "tls.cert and tls.key need each other");
  }
}

/**
 * Looks whether what is needed to connect is there.
 *
 * @throws {BusError} `bad_input`: a secret is not, or is none
 */
export function readNatsSecrets(
  { credentials, token, user, password }: NatsConnectionSettings,
  context: Pick<SourceContext, "secret">,
): void {
  for (const secret of [token, user, password]) {
    if (secret !== undefined) context.secret(secret);
  }
  if (credentials !== undefined) readCredentials(credentials);
}

/** A connection that is made again by itself whenever it is lost. */
export class NatsLink {
  /** Resolves when nothing makes it again any more, with why. */
  readonly ended: Promise<BusError>;
  readonly #watched: Promise<void>;
  #isUp = true;
  #isTrying = false;
  #up = Promise.withResolvers<void>();
  #session = new AbortController();

  private constructor(
    /** The client of it. */
    readonly client: NatsConnection,
    private readonly dialling: Dialling,
    private readonly options: NatsLinkOptions,
  ) {
    this.#up.resolve();
    dialling.onReason = (reason) => {
      if (!this.#isUp) options.onChange({ state: "reconnecting", detail: reason });
    };
    this.ended = client.closed().then((error) => failureOf(error ?? new Error("it was closed")));
    this.#watched = this.#watch();
  }

  /**
   * Connects, once.
   *
   * @throws {Unreachable} there is no server, or it does not answer, or the signal has fired
   * @throws {BusError} `failed`: the server does not want one, or cannot be trusted
   */
  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const dialling = new Dialling(options.pauses);
    const leave = () => dialling.leaving.abort();
    options.signal.addEventListener("abort", leave);
    if (options.signal.aborted) leave();
    try {
      // It is the same for all: whoever dials next gets one.
      setTransportFactory({ factory: () => new NatsTransport() });
      const connecting = NatsConnectionImpl.connect(dialOptions(options, dialling));
      // Of a server that greets and then is silent the client does not let go before its time is over.
      const client = await orAborted(connecting, options.signal);
      if (!client) {
        connecting.then((late) => late.close(), () => {});
        throw new Unreachable("it is left");
      }
      return new NatsLink(client, dialling, options);
    } catch (error) {
      if (error instanceof TimeoutError) throw new Unreachable(dialling.reason);
      throw error instanceof Unreachable ? error : failureOf(error);
    } finally {
      options.signal.removeEventListener("abort", leave);
    }
  }

  /** Whether it is up. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves as soon as it is up. */
  get up(): Promise<void> {
    return this.#up.promise;
  }

  /** Fires when the connection of now is lost. */
  get session(): AbortSignal {
    return this.#session.signal;
  }

  /** Who is at the other end, for people. */
  get server(): string {
    return printable(this.client.getServer(), 200);
  }

  /** Sends what there still is, if that goes quickly, and lets go of all. */
  async close(): Promise<void> {
    if (this.#isUp && !this.client.isClosed()) {
      const flushed = this.client.flush().catch(() => {});
      await within(SYSTEM_CLOCKS, FLUSH_MS, orAborted(flushed, this.session));
    }
    this.dialling.leaving.abort();
    await this.client.close();
    await this.#watched;
  }

  async #watch(): Promise<void> {
    for await (const status of this.client.status()) this.#note(status);
  }

  #note(status: Status): void {
    const { onChange } = this.options;
    switch (status.type) {
      case "disconnect":
        if (!this.#isUp) return;
        this.#isUp = false;
        this.#isTrying = false;
        this.#up = Promise.withResolvers();
        this.#session.abort();
        return onChange({
          state: "disconnected",
          detail: `the connection to ${printable(status.server, 200)} was lost`,
        });
      case "reconnecting":
        if (this.#isTrying || this.#isUp) return;
        this.#isTrying = true;
        return onChange({ state: "reconnecting" });
      case "reconnect":
        this.#isUp = true;
        this.dialling.reset();
        this.#session = new AbortController();
        this.#up.resolve();
        return onChange({ state: "connected", detail: this.server });
      case "error":
        // Whoever has subscribed is told, and fails.
        if (isRefused(status.error, "subscription")) return;
        return this.#complain(status.error);
    }
  }

  #complain(error: Error): void {
    const { onRefusal, context } = this.options;
    const reason = `the server says: ${printable(error.message, 300)}`;
    if (onRefusal && isRefused(error, "publish")) onRefusal(reason);
    else context.log("server", reason);
  }
}

function isRefused(error: Error, operation: PermissionViolationError["operation"]): boolean {
  return error instanceof PermissionViolationError && error.operation === operation;
}

/** Dials, one after the other. */
class Dialling {
  /** Ends whatever is under way. */
  readonly leaving = new AbortController();
  /** Is told why a dial has failed, where that has changed. */
  onReason: (reason: string) => void = () => {};
  #failed = 0;
  #pause = 0;
  #reason: string | undefined;

  constructor(private readonly pauses: PauseRange) {
    this.reset();
  }

  /** Milliseconds between two dials of a server. The client asks more than once for each. */
  get pause(): number {
    return this.#pause;
  }

  /** Why the last one has failed. */
  get reason(): string {
    return this.#reason ?? "the server did not answer in time";
  }

  /** One has succeeded. */
  reset(): void {
    this.#failed = 0;
    this.#reason = undefined;
    this.#pause = backoff(0, this.pauses, Math.random());
  }

  /** One has failed. */
  fail(reason: string): void {
    this.#pause = backoff(this.#failed++, this.pauses, Math.random());
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.onReason(reason);
  }
}

function dialOptions({ settings, context }: NatsLinkOptions, dialling: Dialling): DialOptions {
  const { credentials, token, user, password, tls } = settings;
  const servers = serversOf(settings);
  const { ca, cert, key } = tls ?? {};
  const isTls = tls !== undefined || servers.some((server) => server.startsWith("tls://"));
  return {
    servers,
    name: `bus ${context.name}`,
    // What one sends does not come back.
    noEcho: true,
    noAsyncTraces: true,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => dialling.pause,
    leaving: dialling.leaving.signal,
    onFailure: (reason) => dialling.fail(reason),
    ...(credentials === undefined
      ? {}
      : { authenticator: (nonce?: string) => credentialsOf(credentials, nonce) }),
    ...(token === undefined ? {} : { token: context.secret(token) }),
    ...(user === undefined ? {} : { user: context.secret(user) }),
    ...(password === undefined ? {} : { pass: context.secret(password) }),
    ...(isTls
      ? {
        tls: {
          ...(ca === undefined ? {} : { caFile: ca }),
          ...(cert === undefined ? {} : { certFile: cert }),
          ...(key === undefined ? {} : { keyFile: key }),
        },
      }
      : {}),
  };
}

/** The addresses that settings name. */
export function serversOf({ servers }: NatsConnectionSettings): string[] {
  return typeof servers === "string" ? [servers] : [...servers];
}

function failureOf(error: unknown): BusError {
  if (error instanceof BusError) return error;
  const reason = systemReason(error) || "the connection was lost";
  const isRefusal = error instanceof AuthorizationError ||
    error instanceof UserAuthenticationExpiredError;
  return new BusError("failed", isRefusal ? `the server refuses one: ${reason}` : reason);
}
