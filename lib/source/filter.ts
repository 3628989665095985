/**
 * Which payloads pass: jq's own language, by jq itself.
 *
 * @module
 */

import jq from "jq-web";
import { BusError } from "../protocol/errors.ts";
import type { JsonText } from "../protocol/messages.ts";

/** Payloads that jq is given in one call: a call takes a millisecond, a payload a fraction of that. */
const TOGETHER = 64;

type Jq = Awaited<typeof jq>;

/** A program of jq that says yes or no to a payload. */
export class Filter {
  private constructor(private readonly jq: Jq, private readonly program: string) {}

  /**
   * @param program passes what it makes anything of but `false`, `null`, an error or nothing
   * @throws {BusError} `bad_input`: it is no program of jq
   */
  static async of(program: string): Promise<Filter> {
    // In lines of its own, so that a comment at its end ends there.
    const filter = new Filter(await jq, `[try first((\n${program}\n)) catch false] | any`);
    try {
      filter.#run(["null"]);
    } catch (error) {
      const reason = String(error instanceof Error ? error.message : error);
      const line = reason.split("\n").find((line) => line.startsWith("jq: error")) ?? "";
      const what = /^jq: error: (.*?)(?: at <top-level>.*)?(?: \(Unix shell.*)?$/.exec(line)?.[1];
      throw new BusError("bad_input", `not a program of jq: ${what ?? "it does not compile"}`);
    }
    return filter;
  }

  /** Which of the payloads pass. One that jq cannot even read does not. */
  pass(payloads: readonly JsonText[]): boolean[] {
    const passed: boolean[] = [];
    for (let at = 0; at < payloads.length; at += TOGETHER) {
      const part = payloads.slice(at, at + TOGETHER);
      const together = this.#try(part);
      passed.push(...together ?? part.map((payload) => this.#try([payload])?.[0] ?? false));
    }
    return passed;
  }

  #try(payloads: readonly JsonText[]): boolean[] | undefined {
    try {
      const answers = this.#run(payloads);
      return answers.length === payloads.length ? answers : undefined;
    } catch {
      return undefined;
    }
  }

  #run(payloads: readonly JsonText[]): boolean[] {
    const said = this.jq.raw(payloads.join("\n"), this.program, ["-c"]);
    return said.trimEnd().split("\n").map((line) => line === "true");
  }
}
