/**
 * A process of the load: very many consumers that hardly do anything.
 *
 * @module
 */

import { answer, options, orders, pause, writeAll } from "./orders.ts";

/** What it is started with. It answers each order, and nothing before. */
export interface CrowdOptions {
  readonly socket: string;
  /** Their keys and types: this and a number, from 0. */
  readonly key: string;
  readonly type: string;
  /** Whether they read what comes; if not they read the first frame, and nothing after it. */
  readonly reads: boolean;
  /** Milliseconds for which one that finds the hub's queue full tries again. */
  readonly patience: number;
}

/**
 * So many come, at once or spread evenly over some milliseconds; or so many of those that are
 * registered leave without a word; or just a report.
 */
export type CrowdOrder =
  | { readonly come: number; readonly over?: number }
  | { readonly leave: number }
  | "report";

/** How they are. */
export interface CrowdReport {
  /** How many are, by the first thing that the hub said to them, or what else became of them. */
  readonly states: Readonly<Record<CrowdState, number>>;
  /** Attempts that found the hub's queue full. */
  readonly busy: number;
  /** Events, and other frames, that came to those that read. */
  readonly frames: number;
  /** Milliseconds from the order to the last first frame. */
  readonly longest: number;
  /** Some words of what was said to those that were not taken, or what the system said. */
  readonly words: readonly string[];
}

/** What became of one. */
export type CrowdState =
  /** It tries to connect. */
  | "knocking"
  /** It has said its hello and waits. */
  | "waiting"
  | "registered"
  /** A `hello_ack` that rejects it with `limit`, or an `error` with that code. */
  | "limited"
  /** Something else was said to it. */
  | "refused"
  /** Closed without a word. */
  | "silenced"
  /** It was registered, and the hub has closed it. */
  | "dismissed"
  /** It has left. */
  | "gone";

const LINE_FEED = 0x0a;

/** Knocks at once. */
const AT_ONCE = 64;

const STATES: readonly CrowdState[] = [
  "knocking",
  "waiting",
  "registered",
  "limited",
  "refused",
  "silenced",
  "dismissed",
  "gone",
];

/** One of them. */
class Member {
  state: CrowdState = "knocking";
  #connection: Deno.UnixConn | undefined;

  constructor(private readonly crowd: Crowd, private readonly number: number) {}

  async live(): Promise<void> {
    try {
      this.#connection = await this.#knock();
      this.state = "waiting";
      const { key, type } = this.crowd.options;
      const hello = `{"type":"hello","pid":${Deno.pid},"event_key":"${key}${this.number}",` +
        `"event_types":["${type}${this.number}"]}\n`;
      await writeAll(this.#connection, new TextEncoder().encode(hello)).catch(() => {});
      const isTaken = await this.#readFirst(this.#connection);
      if (isTaken && this.crowd.options.reads) await this.#readOn(this.#connection);
    } catch (error) {
      if (this.state === "gone") return;
      this.state = this.state === "registered" ? "dismissed" : "refused";
      this.crowd.hear(String(error));
    }
  }

  leave(): void {
    this.state = "gone";
    this.#connection?.close();
  }

  /** As programs of this project knock: at once, then later and later, each at another moment. */
  async #knock(): Promise<Deno.UnixConn> {
    const end = performance.now() + this.crowd.options.patience;
    for (let longest = 5;; longest = Math.min(longest * 2, 100)) {
      try {
        return await this.crowd.knock();
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock) || performance.now() > end) throw error;
        this.crowd.busy++;
      }
      await pause(longest * (0.5 + Math.random() / 2));
    }
  }

  /** Returns whether the hub has taken it. */
  async #readFirst(connection: Deno.UnixConn): Promise<boolean> {
    const buffer = new Uint8Array(4096);
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) {
      this.state = "silenced";
      connection.close();
      return false;
    }
    const text = new TextDecoder().decode(buffer.subarray(0, length));
    this.crowd.heardAt = performance.now();
    this.state = judge(text);
    if (this.state === "registered") return true;
    this.crowd.hear(text);
    connection.close();
    return false;
  }

  async #readOn(connection: Deno.UnixConn): Promise<void> {
    const buffer = new Uint8Array(512);
    for (let length; (length = await connection.read(buffer)) !== null;) {
      for (const byte of buffer.subarray(0, length)) if (byte === LINE_FEED) this.crowd.frames++;
    }
    if (this.state !== "gone") this.state = "dismissed";
  }
}

/**
 * Knocks whose outcomes are awaited together. While knocks fail without end the runtime does not look
 * at those that have succeeded, and the hub would count them among the silent.
 */
class Round {
  readonly #knocks: Promise<Deno.UnixConn>[] = [];

  /** @param before what it waits for */
  constructor(private readonly before: Promise<unknown>) {}

  get isFull(): boolean {
    return this.#knocks.length === AT_ONCE;
  }

  /** Resolves when all that have knocked in it know how they fared. */
  over(): Promise<unknown> {
    return Promise.allSettled(this.#knocks);
  }

  knock(socket: string): Promise<Deno.UnixConn> {
    const knock = this.before.then(() => Deno.connect({ transport: "unix", path: socket }));
    this.#knocks.push(knock);
    return knock;
  }
}

/** What a first frame says. */
function judge(text: string): CrowdState {
  try {
    const { type, rejected, reject_code, code } = JSON.parse(text.split("\n")[0] ?? "");
    if (type === "hello_ack" && !rejected) return "registered";
    return (reject_code ?? code) === "limit" ? "limited" : "refused";
  } catch {
    return "refused";
  }
}

/** All of them. */
class Crowd {
  busy = 0;
  frames = 0;
  heardAt = 0;
  readonly #members: Member[] = [];
  readonly #words = new Set<string>();
  #orderedAt = 0;
  #round = new Round(Promise.resolve());

  constructor(readonly options: CrowdOptions) {}

  /** Tries once to connect, when its turn comes. */
  knock(): Promise<Deno.UnixConn> {
    if (this.#round.isFull) this.#round = new Round(this.#round.over());
    return this.#round.knock(this.options.socket);
  }

  hear(words: string): void {
    if (this.#words.size < 5) this.#words.add(words.slice(0, 200));
  }

  obey(order: CrowdOrder): CrowdReport {
    if (order !== "report") {
      this.#orderedAt = performance.now();
      if ("come" in order) this.#come(order.come, order.over ?? 0);
      else this.#registered().slice(0, order.leave).forEach((member) => member.leave());
    }
    const count = (state: CrowdState) =>
      this.#members.reduce((sum, member) => member.state === state ? sum + 1 : sum, 0);
    return {
      states: Object.fromEntries(STATES.map((state) => [state, count(state)])) as Record<
        CrowdState,
        number
      >,
      busy: this.busy,
      frames: this.frames,
      longest: Math.max(0, this.heardAt - this.#orderedAt),
      words: [...this.#words],
    };
  }

  #come(many: number, over: number): void {
    for (let i = 0; i < many; i++) {
      const member = new Member(this, this.#members.length);
      this.#members.push(member);
      void pause(over * i / many).then(() => member.live());
    }
  }

  #registered(): Member[] {
    return this.#members.filter(({ state }) => state === "registered");
  }
}

if (import.meta.main) {
  const crowd = new Crowd(options<CrowdOptions>());
  for await (const order of orders<CrowdOrder>()) answer(crowd.obey(order));
  Deno.exit();
}
