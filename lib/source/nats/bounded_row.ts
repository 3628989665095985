/**
 * What waits in a row that can only get so long.
 *
 * @module
 */

/** How much may wait. */
export interface RowLimits {
  readonly count: number;
  readonly bytes: number;
}

interface Entry<T> {
  readonly item: T;
  readonly bytes: number;
}

/** First come, first served; what is too much pushes out what has waited longest. */
export class BoundedRow<T> {
  #entries: Entry<T>[] = [];
  /** Where the first one is: what was taken is cut off every now and then. */
  #first = 0;
  #bytes = 0;

  constructor(private readonly limits: RowLimits) {}

  /** How many wait. */
  get length(): number {
    return this.#entries.length - this.#first;
  }

  /** Puts one at the end. Returns how many it has pushed out. */
  push(item: T, bytes: number): number {
    this.#entries.push({ item, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    // The last one stays, whatever its size.
    while (this.length > 1 && this.#isOver()) {
      this.#shift();
      dropped++;
    }
    return dropped;
  }

  /** Puts those back at the front that were taken. */
  giveBack(items: readonly T[], bytesOf: (item: T) => number): void {
    const entries = items.map((item) => ({ item, bytes: bytesOf(item) }));
    this.#entries = [...entries, ...this.#entries.slice(this.#first)];
    this.#first = 0;
    for (const { bytes } of entries) this.#bytes += bytes;
  }

  /** Takes the first ones: at least one where there is one, and no more than this. */
  take(most: RowLimits): T[] {
    const items: T[] = [];
    for (let bytes = 0; this.length > 0 && items.length < most.count && bytes < most.bytes;) {
      const entry = this.#shift();
      if (!entry) break;
      items.push(entry.item);
      bytes += entry.bytes;
    }
    return items;
  }

  #isOver(): boolean {
    return this.length > this.limits.count || this.#bytes > this.limits.bytes;
  }

  #shift(): Entry<T> | undefined {
    const entry = this.#entries[this.#first];
    if (!entry) return undefined;
    this.#bytes -= entry.bytes;
    this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    } else {
      // What is gone must not be held in memory until then.
      delete this.#entries[this.#first - 1];
    }
    return entry;
  }
}
