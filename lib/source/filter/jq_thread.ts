/**
 * A thread in which jq runs, and what becomes of it when jq takes too long or breaks down.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import type { JsonText } from "../../protocol/messages.ts";
import { takeThreadRoom } from "../../platform/thread_room.ts";

/** What is asked. */
export interface Asked {
  readonly payloads: readonly JsonText[];
  readonly program: string;
}

/** What is asked of the thread; its answer has the same number. */
export interface Question extends Asked {
  readonly number: number;
  /** That jq has for it by the clock of the thread, which then does without an answer. */
  readonly milliseconds: number;
}

/** What a thread is told: to have a jq ready, and say so by that number, to answer, or to end. */
export type Demand = { readonly begin: number } | Question | { readonly end: true };

/**
 * What jq wrote to stdout, why it refused, why it broke down, or what it has to say meanwhile; and that
 * the thread ends: it was told to, or what is left of a broken jq is too much.
 */
export type Answer =
  | { readonly number: number; readonly result: string }
  | { readonly number: number; readonly fault: string }
  | { readonly number: number; readonly broken: string }
  | { readonly said: string }
  | { readonly ended: true };

/** Milliseconds that a thread has to begin. */
const START_MS = 10_000;

/** jq is not there any more; the next question is for a new one. */
export class JqLost extends Error {
  /** @param how in a word or two */
  constructor(readonly how: "took too long" | "broke down" | "was ended") {
    super(`jq ${how}`);
  }
}

/** The thread has ended by itself, as it does only after jq took too long or broke down. */
class Ended extends JqLost {
  constructor() {
    super("took too long");
  }
}

/**
 * Runs one program at a time. After jq has failed to answer the next question is for a new one, in the
 * same thread where that is possible: each thread that ends may cost the process descriptors.
 */
export class JqThread {
  #worker: Worker | undefined;
  #hasJq = false;
  #number = 0;
  #onAnswer: (answer: string | Error) => void = () => {};

  /** @param onSaid is told what programs say beside their result */
  constructor(
    private readonly clocks: Pick<SystemClocks, "after">,
    private readonly onSaid: (text: string) => void,
  ) {}

  /**
   * What jq writes to stdout. One question at a time.
   *
   * @param milliseconds that it has for it
   * @throws {JqLost} it took longer, or broke down
   * @throws {BusError} `failed`: no thread can be had
   * @throws {Error} what jq wrote to stderr, where it fails
   */
  async run(asked: Asked, milliseconds: number): Promise<string> {
    const worker = await this.#withJq();
    return await this.#ask(worker, (number) => ({ ...asked, number, milliseconds }), milliseconds);
  }

  /** Ends it. What it is busy with goes on at most until its time is over. */
  end(): void {
    const worker = this.#worker;
    this.#forget(new JqLost("was ended"));
    post(worker, { end: true });
  }

  /** The thread, with a jq that can be asked. */
  async #withJq(): Promise<Worker> {
    for (;;) {
      const worker = this.#worker ?? this.#start();
      if (this.#hasJq) return worker;
      try {
        await this.#ask(worker, (number) => ({ begin: number }), START_MS);
        this.#hasJq = true;
        return worker;
      } catch (error) {
        if (!(error instanceof Ended)) throw error;
      }
    }
  }

  #start(): Worker {
    const letGo = takeThreadRoom();
    const worker = new Worker(new URL("./jq_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      letGo();
      this.#hear(worker, data);
    });
    worker.addEventListener("error", (event) => {
      // Else it would be thrown in the thread of the hub.
      event.preventDefault();
      letGo();
      if (this.#worker === worker) this.#forget(new JqLost("broke down"));
    });
    return worker;
  }

  #hear(worker: Worker, answer: Answer): void {
    if ("said" in answer) return this.onSaid(answer.said);
    // It may have been ended since, or be asked something else by now.
    if (worker !== this.#worker) return;
    if ("ended" in answer) return this.#forget(new Ended());
    if (answer.number !== this.#number) return;
    if ("broken" in answer) this.#lose("broke down");
    else this.#onAnswer("result" in answer ? answer.result : new Error(answer.fault));
  }

  /** The next question is for another jq. */
  #lose(how: JqLost["how"]): void {
    this.#hasJq = false;
    this.#onAnswer(new JqLost(how));
  }

  /** The next question is for another thread. */
  #forget(lost: JqLost): void {
    this.#worker = undefined;
    this.#hasJq = false;
    this.#onAnswer(lost);
  }

  async #ask(
    worker: Worker,
    demand: (number: number) => Demand,
    milliseconds: number,
  ): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string | Error>();
    this.#onAnswer = resolve;
    const callOff = this.clocks.after(milliseconds, () => {
      // With a jq it comes to itself again, without one nobody knows why it is silent.
      if (this.#hasJq) return this.#lose("took too long");
      this.#forget(new JqLost("took too long"));
      worker.terminate();
    });
    post(worker, demand(++this.#number));
    const answer = await promise;
    callOff();
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

function post(worker: Worker | undefined, demand: Demand): void {
  worker?.postMessage(demand);
}
