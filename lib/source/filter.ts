/**
 * Which payloads pass: jq's own language, by jq itself.
 *
 * @module
 */

import { SYSTEM_CLOCKS, type SystemClocks } from "../platform/clocks.ts";
import { BusError } from "../protocol/errors.ts";
import type { JsonText } from "../protocol/messages.ts";
import { JqLost, JqThread } from "./filter/jq_thread.ts";

/** Payloads that jq is given in one call: a call takes a millisecond, a payload a fraction of that. */
const TOGETHER = 64;

/** Milliseconds that one call may take, also where jq is given one payload alone. */
export const CALL_MS = 2_000;

/** What a filter says of a payload: why it does not pass where that is not its program's own doing. */
export type Verdict =
  | "passes"
  | "does not pass"
  | "jq cannot read it"
  | "jq took too long"
  | "jq broke down"
  | "jq was ended";

/** What a {@linkcode Filter} may be given. */
export interface FilterOptions {
  readonly clocks?: Pick<SystemClocks, "after">;
  /** Is told what the program says by `debug` and `stderr`. */
  readonly onSaid?: (text: string) => void;
}

/** A program of jq that says yes or no to a payload. It is to be closed. */
export class Filter {
  #isClosed = false;

  private constructor(private readonly thread: JqThread, private readonly program: string) {}

  /**
   * @param program passes what it makes anything of but `false`, `null`, an error or nothing
   * @throws {BusError} `bad_input`: it is no program of jq, or takes too long for `null`; `failed`: no
   * thread can be had
   */
  static async of(program: string, options: FilterOptions = {}): Promise<Filter> {
    const { clocks = SYSTEM_CLOCKS, onSaid = () => {} } = options;
    const thread = new JqThread(clocks, onSaid);
    // In lines of its own, so that a comment at its end ends there.
    const filter = new Filter(thread, `[try first((\n${program}\n)) catch false] | any`);
    try {
      await filter.#run(["null"]);
    } catch (error) {
      filter.close();
      if (error instanceof BusError) throw error;
      throw new BusError("bad_input", refusal(error));
    }
    return filter;
  }

  /**
   * What becomes of each of the payloads. One that jq cannot deal with harms no other.
   *
   * @throws {BusError} `failed`: no thread can be had
   */
  async pass(payloads: readonly JsonText[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let at = 0; at < payloads.length; at += TOGETHER) {
      const part = payloads.slice(at, at + TOGETHER);
      const together = await this.#try(part);
      if (typeof together !== "string") verdicts.push(...together);
      else if (part.length === 1) verdicts.push(together);
      else for (const payload of part) verdicts.push(await this.#alone(payload));
    }
    return verdicts;
  }

  /** Ends jq. From then on it judges nothing. */
  close(): void {
    this.#isClosed = true;
    this.thread.end();
  }

  async #alone(payload: JsonText): Promise<Verdict> {
    const verdicts = await this.#try([payload]);
    return typeof verdicts === "string" ? verdicts : verdicts[0] ?? "jq cannot read it";
  }

  async #try(payloads: readonly JsonText[]): Promise<Verdict[] | Verdict> {
    if (this.#isClosed) return "jq was ended";
    try {
      const verdicts = await this.#run(payloads);
      return verdicts.length === payloads.length ? verdicts : "jq cannot read it";
    } catch (error) {
      if (error instanceof BusError) throw error;
      return error instanceof JqLost ? `jq ${error.how}` : "jq cannot read it";
    }
  }

  async #run(payloads: readonly JsonText[]): Promise<Verdict[]> {
    const said = await this.thread.run({ payloads, program: this.program }, CALL_MS);
    return said.trimEnd().split("\n").map((line) => line === "true" ? "passes" : "does not pass");
  }
}

function refusal(error: unknown): string {
  if (error instanceof JqLost) return `not a program that can be used: jq ${error.how} over null`;
  const reason = String(error instanceof Error ? error.message : error);
  const line = reason.split("\n").find((line) => line.startsWith("jq: error")) ?? "";
  const what = /^jq: error: (.*?)(?: at <top-level>.*)?(?: \(Unix shell.*)?$/.exec(line)?.[1];
  return `not a program of jq: ${what ?? "it does not compile"}`;
}
