/**
 * A process of the load, as who started it sees it.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import type { Place } from "../../e2e/kit.ts";
import type { Running } from "../../e2e/running.ts";
import { eventually, PATIENCE_MS } from "../../e2e/waiting.ts";

/** The programs that make load, each a file beside this one. */
export type LoadProgram = "churn" | "crowd" | "mischief" | "publisher" | "reader";

/**
 * Makes load beside the hub, on its own time: it gets its options as it starts, then an order a line,
 * and answers each with a line.
 */
export class Load<Order, Report> {
  readonly running: Running;
  readonly #unheard: string[] = [];

  private constructor(running: Running) {
    this.running = running;
  }

  /**
   * Starts one in a place, which ends it at the latest. Most are a little less urgent to the system
   * than a hub and who measures it: what is short on the machine is not to be found in their figures.
   */
  static start<Options, Order, Report>(
    place: Place,
    program: LoadProgram,
    options: Options,
  ): Load<Order, Report> {
    const file = new URL(`./${program}.ts`, import.meta.url).pathname;
    const run = ["run", "-A", "--quiet", "--no-check", file, JSON.stringify(options)];
    // A reader that gets no time does not keep up, and rightly loses events.
    const niceness = program === "reader" ? "0" : "5";
    const running = place.start(["-n", niceness, Deno.execPath(), ...run], {
      command: "nice",
      // Where Deno keeps what it has compiled, which is not to be done anew in each place.
      env: Deno.env.toObject(),
      stdin: "open",
    });
    return new Load(running);
  }

  /** Gives an order and waits for its answer. One at a time. */
  async does(order: Order, patience: number = PATIENCE_MS): Promise<Report> {
    await this.running.write(`${JSON.stringify(order)}\n`);
    return await this.hears(patience);
  }

  /** Its next line. */
  async hears(patience: number = PATIENCE_MS): Promise<Report> {
    const { running } = this;
    await eventually("the load answers", () => {
      this.#unheard.push(...running.takeLines());
      if (this.#unheard.length === 0 && running.hasEnded) {
        throw new AssertionError(`a process of the load has ended: ${running.stderr}`);
      }
      return this.#unheard.length > 0;
    }, patience);
    return JSON.parse(this.#unheard.shift() ?? "");
  }

  /** Ends it as if its machine had lost its power. */
  async kill(): Promise<void> {
    this.running.signal("SIGKILL");
    await this.running.ended;
  }
}
