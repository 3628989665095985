/**
 * Tests that do the same over and over: a few times in every run, many times where it is asked for
 * (`BUS_ROUNDS=300 deno test -A --no-check --filter "the idle exit" tests/e2e`), and then with figures.
 *
 * @module
 */

import { assertLess } from "@std/assert";

const asked = Deno.env.get("BUS_ROUNDS");

/** How often a test does what it does. */
export function rounds(few: number): number {
  if (asked === undefined) return few;
  const many = Number(asked);
  if (!Number.isSafeInteger(many) || many < 1) throw new Error(`not a number: BUS_ROUNDS=${asked}`);
  return many;
}

/**
 * Times in milliseconds. A long run, which has the machine to itself, tells the longest and the typical
 * one and holds them to their limit; in every other run they say more of the machine than of the hub.
 */
export class Figures {
  readonly #name: string;
  readonly #limit: number;
  readonly #times: number[] = [];

  /** @param limit what none of them may reach in a long run */
  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  add(milliseconds: number): void {
    this.#times.push(milliseconds);
  }

  /** Tells them on stderr, with more that was counted, if many rounds were asked for. */
  async tell(more = ""): Promise<void> {
    if (asked === undefined) return;
    const sorted = this.#times.toSorted((a, b) => a - b);
    const longest = sorted.at(-1) ?? NaN;
    const [median = NaN] = sorted.slice(Math.floor(sorted.length / 2));
    const line = `${this.#name}: ${sorted.length} times, median ${median.toFixed()} ms, ` +
      `longest ${longest.toFixed()} ms${more}\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
    assertLess(longest, this.#limit);
  }
}
