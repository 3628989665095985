/**
 * One who watches that nobody beside the mischief notices it.
 *
 * @module
 */

import { Wire } from "../e2e/wire.ts";

/**
 * A consumer with types of its own, and the publisher of its events. Every event must come, once, in
 * order, with `seq` unbroken and the rest byte for byte as it was sent.
 */
export class Watcher implements Disposable {
  readonly #consumer: Wire;
  readonly #publisher: Wire;
  readonly #name: string;
  #sent = 0;
  #got = 0;
  #longest = 0;

  private constructor(name: string, consumer: Wire, publisher: Wire) {
    this.#name = name;
    this.#consumer = consumer;
    this.#publisher = publisher;
  }

  /** @param name the first word of its types, which nobody else publishes */
  static async on(socket: string, name = "watcher"): Promise<Watcher> {
    const consumer = await Wire.connect(socket);
    await consumer.send(`{"type":"hello","event_key":"${name}","event_types":["${name}.>"]}`);
    const ack = await consumer.frame();
    if (ack.type !== "hello_ack" || ack.rejected) {
      throw new Error(`the watcher is not taken: ${JSON.stringify(ack)}`);
    }
    return new Watcher(name, consumer, await Wire.connect(socket));
  }

  /** Events that came as they should. */
  get got(): number {
    return this.#got;
  }

  /** Milliseconds of the longest way from the publisher to the consumer. */
  get longest(): number {
    return this.#longest;
  }

  /** Publishes an event and expects it as the next. */
  async look(payload = PAYLOAD): Promise<void> {
    const body = `{"type":"event","event_type":"${this.#name}.e${++this
      .#sent}","payload":${payload}`;
    const start = performance.now();
    if (!await this.#publisher.send(`${body}}`)) throw new Error("the watcher cannot publish");
    const [line, expected] = [await this.#consumer.line(), `${body},"seq":${++this.#got}}`];
    this.#longest = Math.max(this.#longest, performance.now() - start);
    if (line !== expected) throw new Error(`the watcher got ${line} and not ${expected}`);
  }

  /** Looks again and again until it is told to end; returns how to tell it. */
  keepLooking(pauseMs = 10): () => Promise<void> {
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        await this.look();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    })();
    // Its failure is told when it is ended; until then it must not end the process.
    looking.catch(() => {});
    return async () => {
      isOver = true;
      await looking;
    };
  }

  /** Leaves. */
  close(): void {
    this.#consumer.close();
    this.#publisher.close();
  }

  /** Leaves. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Token for token what a payload must keep, whatever stands between. */
const PAYLOAD =
  '{ "n" : 12345678901234567890, "d":1.0,"e":1e400,"e":-0, "u":"\\u00e9é\\/😀\uFEFF" }';
