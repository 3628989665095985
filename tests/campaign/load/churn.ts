/**
 * A process of the load: consumers that come and go without end, half of them dying in the middle of a
 * word.
 *
 * @module
 */

import { Random } from "../random.ts";
import { answer, options, orders, pause, writeAll } from "./orders.ts";

/** What it is started with. */
export interface ChurnOptions {
  readonly socket: string;
  /** How many there are at a time. */
  readonly abreast: number;
  readonly seed: number;
}

/** So many come and go. */
export interface ChurnOrder {
  readonly times: number;
}

/** How often each thing has happened. */
export interface ChurnReport {
  /** Subscribed, said bye, and saw the hub close. */
  readonly left: number;
  /** Died at a byte of their own hello. */
  readonly diedWithin: number;
  /** Died between their hello and their bye, or within that. */
  readonly diedAfter: number;
  /** What went otherwise than it should. */
  readonly wrong: readonly string[];
}

/** Keys that they have in common, so that they are first, and not, in turn. */
const KEYS = 16;

/** Counts what becomes of them. */
class Churn {
  #left = 0;
  #diedWithin = 0;
  #diedAfter = 0;
  readonly #wrong: string[] = [];
  readonly #random: Random;

  constructor(private readonly told: ChurnOptions) {
    this.#random = new Random(told.seed);
  }

  async goThrough(times: number): Promise<ChurnReport> {
    let begun = 0;
    const many = Array.from({ length: this.told.abreast }, async () => {
      while (begun++ < times) await this.#comeAndGo();
    });
    await Promise.all(many);
    return {
      left: this.#left,
      diedWithin: this.#diedWithin,
      diedAfter: this.#diedAfter,
      wrong: this.#wrong.slice(0, 5),
    };
  }

  async #comeAndGo(): Promise<void> {
    const random = this.#random;
    const hello = new TextEncoder().encode(
      `{"type":"hello","event_key":"k${random.int(1, KEYS)}","event_types":["a.b","c.*"]}\n`,
    );
    const bye = new TextEncoder().encode('{"type":"bye"}\n');
    const dies = random.oneIn(2);
    const diesAt = random.int(0, hello.length + bye.length - 1);
    try {
      using connection = await this.#connect();
      if (dies && diesAt < hello.length) {
        await writeAll(connection, hello.subarray(0, diesAt));
        this.#diedWithin++;
        return;
      }
      await writeAll(connection, hello);
      if (!dies || random.oneIn(2)) await this.#readAck(connection);
      if (dies) {
        await writeAll(connection, bye.subarray(0, diesAt - hello.length));
        this.#diedAfter++;
        return;
      }
      await writeAll(connection, bye);
      const rest = await connection.read(new Uint8Array(512));
      if (rest !== null) this.#wrong.push("something came after a bye");
      this.#left++;
    } catch (error) {
      this.#wrong.push(String(error));
    }
  }

  async #connect(): Promise<Deno.UnixConn> {
    for (;;) {
      try {
        return await Deno.connect({ transport: "unix", path: this.told.socket });
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await pause(5);
      }
    }
  }

  async #readAck(connection: Deno.UnixConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    const length = await connection.read(buffer);
    const text = new TextDecoder().decode(buffer.subarray(0, length ?? 0));
    if (!text.startsWith('{"type":"hello_ack"') || text.includes('"rejected"')) {
      this.#wrong.push(`instead of an ack: ${text}`);
    }
  }
}

if (import.meta.main) {
  const churn = new Churn(options<ChurnOptions>());
  answer("ready");
  for await (const { times } of orders<ChurnOrder>()) answer(await churn.goThrough(times));
  Deno.exit();
}
