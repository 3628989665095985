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
 * What waits and what is laid out for writes have a part each, so that neither can starve the other:
 * what is laid out can be freed by nobody but the system, so there is less and less
 * {@linkcode Ledger.roomToWrite} as it comes to half of the bound; and what waits is freed before it
 * fills the last eighth, so that a consumer that reads is written to even while others, stuck, have
 * filled the rest.
 */
export class Ledger {
  #waiting = 0;
  #writing = 0;
  #relieving = false;
  readonly #reliefs: Relief[] = [];

  /** @param limit bytes that may be held together */
  constructor(readonly limit: number) {}

  /** Bytes held now. */
  get used(): number {
    return this.#waiting + this.#writing;
  }

  /**
   * Adds a way to free bytes, to be tried after those added before it. A relief is called from
   * within a charge, where another charge relieves nothing.
   */
  relieveBy(relief: Relief): void {
    this.#reliefs.push(relief);
  }

  /** Adds bytes that wait; where there is no room for them others are freed. */
  charge(bytes: number): void {
    this.#waiting += bytes;
    this.#relieve();
  }

  /** Gives back bytes that waited. */
  release(bytes: number): void {
    this.#waiting -= bytes;
  }

  /** Adds bytes laid out for a write. */
  chargeWrite(bytes: number): void {
    this.#writing += bytes;
    this.#relieve();
  }

  /** Gives back bytes that were laid out. */
  releaseWrite(bytes: number): void {
    this.#writing -= bytes;
  }

  /** Bytes of the half for writes that are not laid out. */
  get roomToWrite(): number {
    return Math.max(0, this.limit / 2 - this.#writing);
  }

  get #isOver(): boolean {
    return this.#waiting + Math.max(this.#writing, this.limit / 8) > this.limit;
  }

  #relieve(): void {
    if (!this.#isOver || this.#relieving) return;
    this.#relieving = true;
    try {
      while (this.#isOver && this.#reliefs.some((relief) => relief()));
    } finally {
      this.#relieving = false;
    }
  }
}
