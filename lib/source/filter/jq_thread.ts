/**
 * A thread in which jq runs, and the end of one that takes too long.
 *
 * @module
 */

import type { SystemClocks } from "../../platform/clocks.ts";
import type { JsonText } from "../../protocol/messages.ts";

/** What is asked. */
export interface Question {
  readonly payloads: readonly JsonText[];
  readonly program: string;
}

/** What jq wrote to stdout, why it refused, why it broke down, or what it has to say meanwhile. */
export type Answer =
  | { readonly result: string }
  | { readonly fault: string }
  | { readonly broken: string }
  | { readonly said: string };

/** Milliseconds that a thread has to begin. */
const START_MS = 10_000;

/** jq is not there any more; the next question is for a new one. */
export class JqLost extends Error {
  /** @param how in a word or two */
  constructor(readonly how: "took too long" | "broke down" | "was ended") {
    super(`jq ${how}`);
  }
}

/** Runs one program at a time. After it has failed to answer the next question starts a new thread. */
export class JqThread {
  #worker: Worker | undefined;
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
   * @throws {Error} what jq wrote to stderr, where it fails
   */
  async run(question: Question, milliseconds: number): Promise<string> {
    const worker = this.#worker ?? await this.#start();
    const answer = this.#answer(milliseconds);
    worker.postMessage(question);
    return await answer;
  }

  /** Ends it, also while it runs. */
  end(): void {
    this.#lose("was ended");
  }

  #lose(how: JqLost["how"]): void {
    this.#onAnswer(new JqLost(how));
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL("./jq_worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if ("said" in data) this.onSaid(data.said);
      else if ("broken" in data) this.#lose("broke down");
      else this.#onAnswer("result" in data ? data.result : new Error(data.fault));
    });
    worker.addEventListener("error", (event) => {
      // Else it would be thrown in the thread of the hub.
      event.preventDefault();
      if (this.#worker === worker) this.#lose("broke down");
    });
    await this.#answer(START_MS);
    return worker;
  }

  async #answer(milliseconds: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string | Error>();
    this.#onAnswer = resolve;
    const callOff = this.clocks.after(milliseconds, () => this.#lose("took too long"));
    const answer = await promise;
    callOff();
    if (answer instanceof Error) throw answer;
    return answer;
  }
}
