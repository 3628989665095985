/**
 * How measured times are spread.
 *
 * @module
 */

/** Times in milliseconds. */
export class Spread {
  readonly #times: number[] = [];

  add(milliseconds: number): void {
    this.#times.push(milliseconds);
  }

  /** How many there are. */
  get count(): number {
    return this.#times.length;
  }

  /** The longest of them; 0 where there is none. */
  get longest(): number {
    return this.#times.reduce((longest, time) => Math.max(longest, time), 0);
  }

  /** The time below which half of them stayed. */
  get median(): number {
    const sorted = this.#times.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** Both, for the report. */
  get text(): string {
    return `median ${number(this.median)} ms, longest ${number(this.longest)} ms`;
  }
}

function number(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed();
}
