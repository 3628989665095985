/**
 * One account of all bytes that a hub holds for others.
 *
 * Whoever keeps bytes that a peer can make grow charges them here and gives them back: unfinished
 * lines, events (once, however many channels share them), what is laid out for a write, what a
 * waiting hello has sent on. With nobody connected the account is at zero.
 *
 * @module
 */

/** Frees some bytes, or says that it has none to free. */
export type Relief = () => boolean;

/** The account, and its bound. */
export class Ledger {
  #used = 0;
  #relieving = false;
  readonly #reliefs: Relief[] = [];

  /** @param limit bytes that may be held together */
  constructor(readonly limit: number) {}

  /** Bytes held now. */
  get used(): number {
    return this.#used;
  }

  /**
   * Adds a way to free bytes, to be tried after those added before it. A relief is called from
   * within {@linkcode charge}, so it may only give back: what it frees must not charge anew.
   */
  relieveBy(relief: Relief): void {
    this.#reliefs.push(relief);
  }

  /** Adds bytes; over the limit it frees others until the account is below it or none is left. */
  charge(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.limit && !this.#relieving) this.#relieve();
  }

  /** Gives bytes back. */
  release(bytes: number): void {
    this.#used -= bytes;
  }

  /** Whether so many bytes more would stay within the limit. */
  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.limit;
  }

  #relieve(): void {
    this.#relieving = true;
    try {
      while (this.#used > this.limit && this.#reliefs.some((relief) => relief()));
    } finally {
      this.#relieving = false;
    }
  }
}
