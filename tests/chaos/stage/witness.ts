/**
 * A consumer who sees what of the dying has arrived.
 *
 * @module
 */

import { Wire } from "../../e2e/wire.ts";
import { event, hello, insist } from "../../campaign/questions.ts";

/** The type of the events that a {@linkcode Witness} sees. */
export const WITNESSED = "witnessed";

/** A consumer, and a publisher who outlives all others. */
export class Witness implements Disposable {
  #seq = 0;
  #marks = 0;

  private constructor(private readonly consumer: Wire, private readonly publisher: Wire) {}

  static async on(socket: string): Promise<Witness> {
    const consumer = await Wire.connect(socket);
    await consumer.send(hello("witness", [WITNESSED]));
    await consumer.frame();
    return new Witness(consumer, await Wire.connect(socket));
  }

  /** Expects an event as the next, byte for byte as it was sent. */
  async sees(frame: string): Promise<void> {
    const expected = `${frame.slice(0, -1)},"seq":${++this.#seq}}`;
    const line = await this.consumer.line();
    insist(line === expected, `not the next whole event: ${line.slice(0, 200)}`);
  }

  /** Expects that nothing comes before an event that is published now. */
  async seesNothingMore(): Promise<void> {
    await this.sees(await this.#mark());
  }

  /** The payloads that come before an event that is published now. */
  async rest(): Promise<unknown[]> {
    const mark = await this.#mark();
    const payloads: unknown[] = [];
    for (;;) {
      const line = await this.consumer.line();
      const { seq, payload } = JSON.parse(line);
      insist(seq === ++this.#seq, `seq ${seq} after ${this.#seq - 1}`);
      if (line.startsWith(mark.slice(0, -1))) return payloads;
      payloads.push(payload);
    }
  }

  /** Leaves. */
  [Symbol.dispose](): void {
    this.consumer.close();
    this.publisher.close();
  }

  async #mark(): Promise<string> {
    const mark = event(WITNESSED, { mark: ++this.#marks });
    await this.publisher.send(mark);
    return mark;
  }
}
