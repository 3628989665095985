/**
 * A whole hub without a socket: its sessions run over connections in memory, its time is driven.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { ByteEnds } from "../../lib/platform/byte_ends.ts";
import type { StatusResponse } from "../../lib/protocol/messages.ts";
import { Log } from "../../lib/server/log.ts";
import { type Door, Server } from "../../lib/server/server.ts";
import { DrivenClocks } from "./driven_clocks.ts";
import { Peer, type Received, settle, until } from "./peer.ts";

export { Peer, type Received, settle, until } from "./peer.ts";

/** How a hub of a test differs from an ordinary one. */
export interface HostOptions {
  channelEvents?: number;
  channelBytes?: number;
  memoryBytes?: number;
  maxConnections?: number;
  capabilities?: string[];
  idleTimeout?: number;
}

/** Turns that connections get between two alarms: enough for a few reads, answers and writes. */
const TURNS_BETWEEN_ALARMS = 6;

/** A running hub and whoever is connected to it. */
export class TestHost {
  readonly clocks = new DrivenClocks();
  /** The log, without the time before each line and without its end. */
  readonly log: string[] = [];
  readonly server: Server;
  readonly door = new MemoryDoor();
  readonly #peers: Peer[] = [];
  readonly #served: Promise<void>;

  constructor(options: HostOptions = {}) {
    this.server = new Server({
      socket: "/run/user/1000/bus/default.sock",
      channel: { events: options.channelEvents ?? 1024, bytes: options.channelBytes ?? 8 << 20 },
      memoryBytes: options.memoryBytes ?? 256 << 20,
      maxConnections: options.maxConnections ?? 4096,
      capabilities: options.capabilities ?? [],
      idleTimeout: options.idleTimeout ?? 0,
      log: new Log(
        (line) => this.log.push(line.slice(line.indexOf(" ") + 1, -1)),
        () => this.clocks.wall(),
        () => this.clocks.monotonic(),
      ),
      clocks: this.clocks,
    });
    this.#served = this.server.serve(this.door);
  }

  /** A new connection. */
  connect(peer = new Peer()): Peer {
    this.#peers.push(peer);
    this.server.admit(peer.ends);
    return peer;
  }

  /** A consumer, accepted. */
  async consumer(...types: string[]): Promise<Peer> {
    const { peer } = await this.join({ event_types: types });
    return peer;
  }

  /** A hello and its answer. */
  async join(fields: Received, peer = new Peer()): Promise<{ peer: Peer; ack: Received }> {
    this.connect(peer).send(hello(fields));
    const ack = await peer.frame();
    assertEquals(ack.type, "hello_ack");
    return { peer, ack };
  }

  /** A publisher whose first flush is answered. */
  async publisher(): Promise<Peer> {
    const peer = this.connect();
    peer.send({ type: "flush", id: 0 });
    assertEquals((await peer.frame()).type, "flush_ack");
    return peer;
  }

  /** Publishes on a connection of its own and waits until all is routed. */
  async publish(...events: (string | Received)[]): Promise<Received> {
    const peer = this.connect();
    peer.sendAtOnce(...events, { type: "flush", id: 1 }, { type: "bye" });
    const [ack] = await peer.rest();
    assertEquals(ack?.type, "flush_ack");
    return ack ?? {};
  }

  /** The hub's state, asked for over the wire. */
  async status(): Promise<StatusResponse> {
    const peer = this.connect();
    peer.send({ type: "status_query" });
    const [status] = await peer.rest();
    assertEquals(status?.type, "status_response");
    return status as unknown as StatusResponse;
  }

  /** Time passes while the hub is awake: every alarm rings at its moment. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clocks.monotonic() + milliseconds;
    await settle();
    for (;;) {
      const { nextDue } = this.clocks;
      if (nextDue === undefined || nextDue > end) break;
      this.clocks.setTo(nextDue);
      this.clocks.ring();
      await settle(TURNS_BETWEEN_ALARMS);
    }
    this.clocks.setTo(end);
    await settle();
  }

  /** Time passes while the hub is stopped; what was due rings when it wakes, before any read. */
  async sleep(milliseconds: number): Promise<void> {
    this.clocks.setTo(this.clocks.monotonic() + milliseconds);
    this.clocks.ring();
    await settle();
  }

  /** Ends everything and checks that nothing is left behind. */
  async dissolve(): Promise<void> {
    for (const peer of this.#peers) peer.vanish();
    const { server } = this;
    await until(() => server.connections === 0, "the end of every connection");
    await settle();
    const { ledger, size, keyCount } = server.hub;
    const { closing } = server.status();
    assertEquals({ held: ledger.used, size, keyCount, closing }, EMPTY);
    await server.stop();
    await this.#served;
    await settle();
    assertEquals(this.clocks.pending, 0, "alarms are still set");
  }
}

const EMPTY = { held: 0, size: 0, keyCount: 0, closing: 0 };

/** Runs a hub for a test; at its end nothing may be left behind of anybody. */
export async function withHost(
  options: HostOptions,
  body: (host: TestHost) => Promise<void>,
): Promise<void> {
  const host = new TestHost(options);
  await body(host);
  await host.dissolve();
}

/** A hello's fields, unless a test says otherwise. */
export function hello(fields: Received = {}): Received {
  return {
    type: "hello",
    pid: 4711,
    event_key: "gh",
    event_types: [">"],
    version: "v1",
    ...fields,
  };
}

/** An event's fields, unless a test says otherwise. */
export function event(fields: Received = {}): Received {
  return {
    type: "event",
    event_type: "github.push",
    payload: { ref: "refs/heads/main" },
    ...fields,
  };
}

/** A line of so many bytes with its end: an unknown field or the payload is made to fit. */
export function padded(fields: Received, bytes: number, lineEnd = "\n"): string {
  const pad = fields.type === "event" ? "payload" : "pad";
  const frame = (text: string) => JSON.stringify({ ...fields, [pad]: text }) + lineEnd;
  return frame("x".repeat(bytes - frame("").length));
}

/** A door through which nobody comes; it can be made to fail. */
export class MemoryDoor implements Door {
  isClosed = false;
  /** Attempts to accept. */
  accepts = 0;
  #waiting: PromiseWithResolvers<ByteEnds | undefined> | undefined;

  accept(): Promise<ByteEnds | undefined> {
    this.accepts++;
    if (this.isClosed) return Promise.resolve(undefined);
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Lets somebody in. */
  let(ends: ByteEnds): void {
    this.#waiting?.resolve(ends);
  }

  /** The next connection cannot be accepted. */
  fail(error: Error): void {
    this.#waiting?.reject(error);
  }

  close(): void {
    this.isClosed = true;
    this.#waiting?.resolve(undefined);
  }
}
