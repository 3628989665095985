/**
 * What a campaign has done, by class: one that has hardly done anything has shown nothing.
 *
 * @module
 */

/** How often each thing happened, and how often it had to. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #floors = new Map<string, number>();

  /** It happened. */
  add(name: string, times = 1): void {
    this.#counts.set(name, this.count(name) + times);
  }

  /** How often it happened. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** It has to happen so often, at least once. */
  expect(name: string, floor: number): void {
    this.#floors.set(name, Math.max(1, Math.floor(floor)));
  }

  /** Whether these happened as often as they have to; all, where none are named. */
  isEnough(...names: readonly string[]): boolean {
    return [...this.#floors].every(([name, floor]) =>
      this.count(name) >= floor || names.length > 0 && !names.includes(name)
    );
  }

  /** All counts, in the order of their names. */
  get counts(): [name: string, count: number][] {
    const names = new Set([...this.#floors.keys(), ...this.#counts.keys()]);
    return [...names].sort().map((name) => [name, this.count(name)]);
  }

  /** What did not happen often enough, in words. */
  get missing(): string[] {
    return [...this.#floors].filter(([name, floor]) => this.count(name) < floor)
      .map(([name, floor]) => `${name}: ${this.count(name)} of at least ${floor}`);
  }
}
