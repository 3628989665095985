/**
 * Consumers that take nothing: always about as many, each until the hub has closed it and it is killed.
 *
 * @module
 */

import { type Publisher, startCrowd, startPublisher } from "../campaign/load/starts.ts";
import { askStatus, insist } from "../campaign/questions.ts";
import type { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";

/** So many processes, of so many consumers each, one behind the other. */
const PROCESSES = 3;
const CONSUMERS = 20;

/** Milliseconds from one process to the next: they live about three times as long. */
const APART_MS = 2_500;

/** What is published at them: for each some 200 KB a second. */
const FILLER = 2_000;
const RATE = 2_000;

/** Milliseconds after which the hub has closed all of them. */
const LIFE_MS = 7_500;

/** Goes on until it is told to end. */
export class StuckInTurn {
  #isOver = false;
  #closed = 0;
  readonly #going: Promise<unknown>;

  private constructor(private readonly place: Place, publisher: Publisher) {
    const lives = Array.from({ length: PROCESSES }, (_, at) => this.#live(at * APART_MS));
    this.#going = Promise.all([this.#publish(publisher), ...lives]);
    // Its failure is told when it is ended; until then it must not end the process.
    this.#going.catch(() => {});
  }

  static async begin(place: Place): Promise<StuckInTurn> {
    const told = { type: "stuck.", types: CONSUMERS, filler: FILLER };
    return new StuckInTurn(place, await startPublisher(place, told));
  }

  /** Ends it; tells how many the hub has closed. */
  async end(): Promise<number> {
    this.#isOver = true;
    await this.#going;
    return this.#closed;
  }

  async #live(after: number): Promise<void> {
    await this.#pause(after);
    while (!this.#isOver) {
      const crowd = await startCrowd(this.place, {
        key: "stuck",
        type: "stuck.",
        reads: false,
        patience: 5_000,
      });
      await crowd.does({ come: CONSUMERS });
      await eventually("those who will be stuck are registered", async () => {
        const { states: { registered } } = await crowd.does("report");
        return registered === CONSUMERS;
      });
      await crowd.running.freeze();
      await this.#pause(LIFE_MS);
      if (!this.#isOver) await this.#isClosed(crowd.running.pid);
      await crowd.kill();
    }
  }

  async #isClosed(pid: number): Promise<void> {
    const { consumers } = await askStatus(this.place.socket);
    const left = consumers.filter((consumer) => consumer.pid === pid).length;
    insist(left === 0, `${left} consumers that take nothing are not closed after ${LIFE_MS} ms`);
    this.#closed += CONSUMERS;
  }

  async #publish(publisher: Publisher): Promise<void> {
    while (!this.#isOver) {
      const { refused } = await publisher.does({ events: RATE, rate: RATE }, 60_000);
      insist(refused === undefined, `the publisher was refused: ${refused}`);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!this.#isOver && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
