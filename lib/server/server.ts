/**
 * A hub on a socket.
 *
 * @module
 */

import type { ChannelLimits } from "../hub/channel.ts";
import { Hub, type Publication, type PublishOutcome } from "../hub/hub.ts";
import type { ByteEnds } from "../platform/byte_ends.ts";
import { nextTurn } from "../platform/turn.ts";
import { VERSION } from "../platform/version.ts";
import {
  CAPABILITIES,
  type HelloAck,
  type SourceInfo,
  type StatusResponse,
  statusResponse,
} from "../protocol/messages.ts";
import { Doorway, turnAway } from "./doorway.ts";
import { LineBudget } from "./line_budget.ts";
import {
  DRAIN_MS,
  LAST_FRAME_MS,
  LINES_PER_TURN,
  NEWCOMERS_PER_TURN,
  RESERVE_CONNECTIONS,
  SHORT_SWEEP_MS,
  silentLimit,
  SUBSCRIBED_SHARE,
  SWEEP_MS,
  TURN_AWAY_MS,
} from "./limits.ts";
import type { Log } from "./log.ts";
import { Newcomer } from "./newcomer.ts";
import { Relief } from "./relief.ts";
import type { Host } from "./host.ts";
import { route } from "./routing.ts";
import { Session } from "./session.ts";
import { Silence } from "./silence.ts";
import { fitStatus } from "./status.ts";
import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { WakingClock } from "./waking_clock.ts";
import { within } from "../platform/within.ts";
import { systemReason } from "../platform/system_reason.ts";
import { Outflow } from "./writer.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** The path of its socket, as it stands in its status. */
  readonly socket: string;
  readonly channel: ChannelLimits;
  /** Bytes in all buffers together. */
  readonly memoryBytes: number;
  /** Connections at a time. */
  readonly maxConnections: number;
  /** What it says it can beyond what every hub of this program can. */
  readonly capabilities: readonly string[];
  readonly log: Log;
  /** What is wrong with the hub around this server, a sentence each; nothing if absent. */
  readonly warnings?: () => readonly string[];
  /** Milliseconds without a consumer or publisher after which it stops by itself; never if 0. */
  readonly idleTimeout?: number;
  /** The time; the system's, unless a test drives it. */
  readonly clocks?: SystemClocks;
}

/** What a server knows of its hub's sources, and of the catalogue that says which there are. */
export interface Upstream {
  /** How the sources are now. */
  readonly infos: readonly SourceInfo[];
  /** The path of the catalogue, if there is one. */
  readonly catalogue: string | undefined;
  /** Reads it anew. Resolves with why all is as it was; with nothing where it is taken over. */
  reload(): Promise<string | undefined>;
}

/** Where connections come from. */
export interface Door {
  /** The next connection; nothing once the door is closed. */
  accept(): Promise<ByteEnds | undefined>;
  close(): void;
}

const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/** Milliseconds for what is not a consumer to close when the hub stops, after the consumers' time. */
const STRAGGLERS_MS = 100;

/** The sessions of one hub, and what they share. */
export class Server implements Host {
  readonly hub: Hub;
  /** The sources of the hub, and its catalogue; it has none if absent. */
  upstream: Upstream | undefined;
  readonly clocks: SystemClocks;
  readonly clock: WakingClock;
  readonly log: Log;
  readonly outflow: Outflow;
  readonly budget = new LineBudget(LINES_PER_TURN);
  readonly matching = new LineBudget(LINES_PER_TURN);
  readonly hearings = new LineBudget(NEWCOMERS_PER_TURN);

  readonly #options: ServerOptions;
  readonly #hubId = crypto.randomUUID();
  readonly #startedAt: number;
  readonly #capabilities: readonly string[];
  readonly #sessions = new Set<Session>();
  readonly #relief: Relief;
  /** Who asked the hub to stop: closed after all others. */
  readonly #askers = new Set<Session>();
  readonly #stopAsked = Promise.withResolvers<void>();
  readonly #othersClosed = Promise.withResolvers<void>();
  /** When it last had a consumer or publisher; the hub's time. */
  #neededAt: number;
  #isLeaving = false;
  #refused = 0;
  /** Connections cut off whose write the system has not given back. */
  #closing = 0;
  #door: Door | undefined;
  readonly #silence: Silence;
  readonly #doorway: Doorway;
  #endSweep = () => {};
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.log = options.log;
    this.clocks = options.clocks ?? SYSTEM_CLOCKS;
    this.clock = new WakingClock(this.clocks);
    this.#silence = new Silence(silentLimit(options.maxConnections));
    this.#doorway = new Doorway(this.clocks);
    this.#startedAt = this.clocks.monotonic();
    this.#neededAt = this.clock.now();
    this.#capabilities = [...new Set([...CAPABILITIES, ...options.capabilities])];
    this.hub = new Hub({
      clock: this.clock,
      channel: options.channel,
      memoryBytes: options.memoryBytes,
      subscribedBytes: options.memoryBytes * SUBSCRIBED_SHARE,
    });
    this.outflow = new Outflow(this.hub.ledger, () => this.hub.size);
    this.#relief = new Relief(this.#sessions, this.hub.ledger, this.clock, this.log);
  }

  /** Resolves when somebody has asked the hub to stop. */
  get stopAsked(): Promise<void> {
    return this.#stopAsked.promise;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** Takes connections from a door until it is closed. */
  async serve(door: Door): Promise<void> {
    this.#door = door;
    this.#look();
    const admissions = new LineBudget(NEWCOMERS_PER_TURN);
    for (let pause = SHORTEST_PAUSE_MS;;) {
      try {
        const ends = await door.accept();
        if (!ends) return;
        // One that is at the door is let in without a turn, so that a crowd would have them all.
        if (!this.#stopping) await admissions.spend(1);
        // What was cut may be given back in a turn. Where the system holds it nobody is heard.
        if (this.#surplus > RESERVE_CONNECTIONS && this.#doorway.clear()) await nextTurn();
        const goneAgain = this.admit(ends);
        // A hub that is full has few descriptors left: the next one comes in when this one is out.
        if (goneAgain) await within(this.clocks, TURN_AWAY_MS, goneAgain);
        pause = SHORTEST_PAUSE_MS;
      } catch (error) {
        // Mostly: no descriptors left. The connection waits in the system's backlog.
        this.log.limited("accept", `cannot accept a connection: ${systemReason(error)}`);
        await new Promise<void>((resolve) => this.clocks.after(pause, resolve));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /**
   * Lives a connection's life. Over the limit only its question is answered, and where there is no
   * place for it at all only one that it asks at once, in the doorway: the next one is to come when
   * that is free.
   *
   * @returns where there is no place for it, what resolves when it is closed
   */
  admit(ends: ByteEnds): Promise<void> | undefined {
    const surplus = this.#surplus;
    const isFull = surplus >= RESERVE_CONNECTIONS;
    if (isFull) this.log.limited("full", `no place is left: ${this.#sessions.size} are open`);
    if (surplus > RESERVE_CONNECTIONS) return turnAway(ends);
    const session = new Session(ends, this, (session) => new Newcomer(session, surplus >= 0));
    this.#sessions.add(session);
    const over = session.run();
    // It was at the door already when that was closed.
    if (this.#stopping) session.stop();
    return isFull ? this.#doorway.hear(session, over) : undefined;
  }

  /**
   * Stops gracefully: no new connection, what was read is routed, each consumer has a while to take
   * what waits for it, everybody learns why. Resolves when all is closed; a second call joins the
   * first.
   */
  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  /** @inheritdoc */
  introduction(): Omit<HelloAck, "type" | "bus_version" | "first_for_key"> {
    return {
      capabilities: [...this.#capabilities],
      hub_id: this.#hubId,
      hub_version: VERSION,
      ...this.#upstream(),
    };
  }

  /** @inheritdoc */
  async reload(): Promise<string | undefined> {
    return this.upstream ? await this.upstream.reload() : "this hub has no catalogue";
  }

  /** Routes an event that no connection has brought. */
  async route(publication: Publication): Promise<PublishOutcome> {
    await this.budget.spend(1);
    return await route(this, publication);
  }

  /** Tells consumers that a source has changed its state, as far as they listen. */
  announce(info: SourceInfo): void {
    for (const session of this.#sessions) session.sourceChanged(info);
  }

  /** @inheritdoc */
  status(): StatusResponse {
    this.#relief.makeRoomForAnswer();
    const { hub } = this;
    const warnings = this.#options.warnings?.() ?? [];
    return fitStatus(statusResponse({
      pid: Deno.pid,
      uptime_sec: Math.floor((this.clocks.monotonic() - this.#startedAt) / 1000),
      active_conns: hub.size,
      consumers: hub.consumers(),
      hub_id: this.#hubId,
      hub_version: VERSION,
      capabilities: [...this.#capabilities],
      socket: this.#options.socket,
      ...this.#upstream(),
      types: hub.types(),
      published: hub.published,
      unmatched: hub.unmatched,
      duplicates: hub.duplicates,
      refused: this.#refused,
      closing: this.#closing,
      closed: hub.closed(),
      buffered_bytes: hub.ledger.used,
      buffered_limit: hub.ledger.limit,
      ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
    }));
  }

  /** @inheritdoc */
  shutdown(asker: Session): Promise<void> {
    this.#askers.add(asker);
    this.#stopAsked.resolve();
    return this.#othersClosed.promise;
  }

  /** @inheritdoc */
  countRefused(): void {
    this.#refused++;
  }

  /** @inheritdoc */
  unfinished(change: number): void {
    this.#relief.unfinished(change);
  }

  /** @inheritdoc */
  closed(session: Session): void {
    this.#sessions.delete(session);
    this.#askers.delete(session);
    // It may have come and gone between two looks.
    if (session.keepsHub) this.#neededAt = this.clock.now();
    if (this.#stopping) this.#tellOthersClosed();
    if (!session.writer.isWriting) return;
    this.#closing++;
    session.writer.returned().then(() => this.#closing--);
  }

  /** How its sources are, as it stands in acks and in the status. */
  #upstream(): Pick<StatusResponse, "sources" | "config"> {
    const { infos = [], catalogue } = this.upstream ?? {};
    return { sources: [...infos], ...(catalogue === undefined ? {} : { config: catalogue }) };
  }

  async #stop(): Promise<void> {
    this.#door?.close();
    this.hub.stop();
    this.budget.lift();
    this.matching.lift();
    this.hearings.lift();
    for (const session of this.#sessions) {
      session.halt();
      session.writer.letGo();
    }
    // What was read is routed: who waited for a turn goes on in the first, and is done by the second.
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    for (const session of this.#sessions) session.stop();
    this.#tellOthersClosed();
    const longest = DRAIN_MS + LAST_FRAME_MS + STRAGGLERS_MS;
    await within(this.clocks, longest, this.#othersClosed.promise);
    for (const session of [...this.#sessions]) session.cut();
    this.#endSweep();
  }

  #leaveIfIdle(now: number): void {
    const { idleTimeout = 0 } = this.#options;
    if (idleTimeout === 0 || this.#isLeaving || this.#stopping) return;
    for (const session of this.#sessions) if (session.keepsHub) this.#neededAt = now;
    if (now - this.#neededAt < idleTimeout) return;
    this.#isLeaving = true;
    this.log.line(`nobody has needed this hub for ${idleTimeout / 1000} s: it leaves`);
    this.#stopAsked.resolve();
  }

  /** Connections over the limit, or below it. */
  get #surplus(): number {
    return this.#sessions.size + this.#closing - this.#options.maxConnections;
  }

  #tellOthersClosed(): void {
    if (this.#sessions.size === this.#askers.size) this.#othersClosed.resolve();
  }

  /** Looks at all deadlines, and again soon while something presses. */
  #look(): void {
    const now = this.clock.now();
    this.hub.look();
    let suspicious = this.hub.isPressed;
    for (const session of this.#sessions) suspicious = session.look(now) || suspicious;
    suspicious = this.#silence.look(this.#sessions, now) || suspicious;
    this.#leaveIfIdle(now);
    this.log.settle();
    const soon = suspicious ? SHORT_SWEEP_MS : SWEEP_MS;
    this.#endSweep = this.clocks.after(soon, () => this.#look());
  }
}
