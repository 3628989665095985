/**
 * The consumer of everything.
 *
 * @module
 */

import { PATIENCE_MS, within } from "../e2e/waiting.ts";
import { essence, membersOf } from "./members.ts";

const LINE_FEED = 0x0a;

/** Events that came last and are remembered, for those who get them beside this one. */
const REMEMBERED = 2_000;

/** The events of one publisher that are to come, in their order. */
export class Delivery {
  /** Resolves when all have come. */
  readonly isComplete: Promise<void>;
  readonly #complete: () => void;
  #came = 0;

  constructor(readonly events: readonly string[]) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.isComplete = promise;
    this.#complete = resolve;
    if (events.length === 0) resolve();
  }

  /** The first that has not come. */
  get missing(): string | undefined {
    return this.events[this.#came];
  }

  /** One of its events came. Returns whether it was its turn. */
  take(event: string): boolean {
    if (event !== this.missing) return false;
    if (++this.#came === this.events.length) this.#complete();
    return true;
  }
}

/**
 * Subscribes to every type, and holds each event that comes against what is to come: the same to the
 * letter, in the order of its publisher, with `seq` last and unbroken, and no other.
 */
export class Checker {
  /** Rejects when something came that must not. */
  readonly wrong: Promise<never>;
  readonly #fail: (error: Error) => void;
  readonly #connection: Deno.UnixConn;
  /** Whose event it is. The same text may come again for one publisher, and for one alone. */
  readonly #awaited = new Map<string, Delivery>();
  readonly #came = new Set<string>();
  readonly #isOther: (line: string) => boolean;
  #seq = 0;
  #isClosed = false;

  private constructor(connection: Deno.UnixConn, isOther: (line: string) => boolean) {
    this.#connection = connection;
    this.#isOther = isOther;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.wrong = promise;
    this.#fail = reject;
  }

  /** @param isOther whether a line is an event that others look at */
  static async at(path: string, isOther: (line: string) => boolean): Promise<Checker> {
    const connection = await Deno.connect({ transport: "unix", path });
    const checker = new Checker(connection, isOther);
    const hello = '{"type":"hello","event_key":"checker","event_types":["\\u003e"]}\n';
    await connection.write(new TextEncoder().encode(hello));
    const acknowledged = Promise.withResolvers<void>();
    checker.#read(acknowledged.resolve).catch(checker.#fail);
    await within("the checker's ack", Promise.race([acknowledged.promise, checker.wrong]));
    return checker;
  }

  /** How many events came. */
  get events(): number {
    return this.#seq;
  }

  /** Whether an event is on its way, or came lately. */
  knows(event: string): boolean {
    return this.#awaited.has(event) || this.#came.has(event);
  }

  /** Whether an event is on its way. */
  awaits(event: string): boolean {
    return this.#awaited.has(event);
  }

  /** Expects events; none of them may be on its way already. */
  expect(events: readonly string[]): Delivery {
    const delivery = new Delivery(events);
    for (const event of events) this.#awaited.set(event, delivery);
    return delivery;
  }

  /** Waits until all of a delivery has come, and forgets it. */
  async complete(delivery: Delivery): Promise<void> {
    try {
      const all = Promise.race([delivery.isComplete, this.wrong]);
      await within("the events", all, PATIENCE_MS).catch((error) => {
        throw delivery.missing === undefined ? error : new Error(`no event ${delivery.missing}`);
      });
    } finally {
      for (const event of delivery.events) this.#awaited.delete(event);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.close();
  }

  async #read(acknowledged: () => void): Promise<void> {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const buffer = new Uint8Array(256 * 1024);
    let rest: Uint8Array = new Uint8Array();
    for (;;) {
      const length = await this.#connection.read(buffer).catch((error) => {
        if (this.#isClosed) return null;
        throw error;
      });
      if (length === null) break;
      let start = 0;
      const bytes = buffer.subarray(0, length);
      for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, start)) {
        const piece = bytes.subarray(start, at);
        const line = decoder.decode(rest.length > 0 ? append(rest, piece) : piece);
        rest = new Uint8Array();
        start = at + 1;
        if (this.#seq === 0 && line.startsWith('{"type":"hello_ack"')) acknowledged();
        else this.#take(line);
      }
      if (start < length) rest = append(rest, bytes.subarray(start));
    }
    if (!this.#isClosed) throw new Error("the hub closed on the checker");
  }

  #take(line: string): void {
    if (this.#isOther(line)) {
      this.#seq++;
      return;
    }
    const event = eventOf(line, ++this.#seq);
    const delivery = this.#awaited.get(event);
    if (!delivery) throw new Error(`an event came that must not: ${line}`);
    if (!delivery.take(event)) {
      throw new Error(`an event came out of turn: ${line}, before ${delivery.missing}`);
    }
    this.#came.add(event);
    if (this.#came.size <= REMEMBERED) return;
    for (const oldest of this.#came) {
      this.#came.delete(oldest);
      return;
    }
  }
}

/** The essence of an event that a hub sent; its `seq` has to be this. */
export function eventOf(line: string, seq: number): string {
  const tail = `,"seq":${seq}}`;
  if (!line.endsWith(tail)) throw new Error(`an event that does not end with seq ${seq}: ${line}`);
  const inside = line.slice(1, -tail.length);
  // Mostly no blanks stand between its fields, and then there is nothing to take apart.
  const members = membersOf(line);
  const event = essence(members);
  if (inside !== event) JSON.parse(line);
  if (members.filter(({ name }) => name === "seq").length !== 1) {
    throw new Error(`an event with another seq: ${line}`);
  }
  return event;
}

function append(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
