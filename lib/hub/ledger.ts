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

/**
 * The account, and its bound.
 *
 * An eighth of the bound is kept for writes: what waits is freed before it fills that part, so that
 * a consumer that reads is written to even while others, stuck, have filled the rest.
 */
export class Ledger {
  #used = 0;
  #relieving = false;
  readonly #reliefs: Relief[] = [];
  readonly #waitingLimit: number;

  /** @param limit bytes that may be held together */
  constructor(readonly limit: number) {
    this.#waitingLimit = limit - Math.floor(limit / 8);
  }

  /** Bytes held now. */
  get used(): number {
    return this.#used;
  }

  /**
   * Adds a way to free bytes, to be tried after those added before it. A relief is called from
   * within a charge, where another charge relieves nothing.
   */
  relieveBy(relief: Relief): void {
    this.#reliefs.push(relief);
  }

  /** Adds bytes that wait; where they reach into the part for writes, others are freed. */
  charge(bytes: number): void {
    this.#used += bytes;
    this.#relieve(this.#waitingLimit);
  }

  /** Adds bytes laid out for a write; others are freed only over the whole limit. */
  chargeWrite(bytes: number): void {
    this.#used += bytes;
    this.#relieve(this.limit);
  }

  /** Gives bytes back. */
  release(bytes: number): void {
    this.#used -= bytes;
  }

  /** Whether so many bytes more would stay within the limit. */
  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.limit;
  }

  #relieve(limit: number): void {
    if (this.#used <= limit || this.#relieving) return;
    this.#relieving = true;
    try {
      while (this.#used > limit && this.#reliefs.some((relief) => relief()));
    } finally {
      this.#relieving = false;
    }
  }
}
