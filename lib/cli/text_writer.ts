/**
 * Text onto a stream whose reader may be slow or gone.
 *
 * @module
 */

/** Something that takes bytes. */
export interface WritableEnd {
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes for one write: small enough to see that a slow reader takes something. */
const PIECE_BYTES = 16 * 1024;

/**
 * Writes text in order.
 *
 * - **At once.** Where nothing is being written the text goes out now; what comes meanwhile goes
 *   out together after it.
 * - **Bound.** Where {@linkcode TextWriter.room} is awaited after each push at most the bound and
 *   one text wait, and as much again is being written.
 * - **A write that fails** ends it: what waits is dropped, and `room` and `flush` reject with the
 *   error from then on.
 */
export class TextWriter {
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #writing = false;
  #taken = 0;
  #failure: { error: unknown } | undefined;
  readonly #broken = new AbortController();
  readonly #watchers = new Set<() => void>();

  /**
   * @param end where the text goes
   * @param bound characters that may wait
   */
  constructor(private readonly end: WritableEnd, private readonly bound: number) {}

  /** Whether as much waits as may. */
  get isFull(): boolean {
    return this.#waiting.length >= this.bound;
  }

  /** Takes text to be written. */
  push(text: string): void {
    if (this.#failure || text === "") return;
    this.#waiting += text;
    if (!this.#writing) void this.#write();
  }

  /** Fires when a write has failed. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Resolves when less waits than the bound, or as soon as the signal fires. */
  async room(signal?: AbortSignal): Promise<void> {
    if (this.isFull && !this.#failure) {
      const onAbort = () => this.#changed();
      signal?.addEventListener("abort", onAbort);
      while (this.isFull && !this.#failure && !signal?.aborted) await this.#change();
      signal?.removeEventListener("abort", onAbort);
    }
    this.#throwFailure();
  }

  /**
   * Waits until all is taken.
   *
   * @param patience milliseconds in which nothing may be taken
   * @returns whether all was taken
   */
  async flush(patience: number): Promise<boolean> {
    let seen = this.#taken;
    while (this.#writing) {
      await this.#change(patience);
      if (this.#writing && this.#taken === seen) return false;
      seen = this.#taken;
    }
    this.#throwFailure();
    return true;
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting !== "") {
        const bytes = this.#encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let at = 0; at < bytes.length;) {
          const taken = await this.end.write(bytes.subarray(at, at + PIECE_BYTES));
          at += taken;
          this.#taken += taken;
          this.#changed();
        }
      }
    } catch (error) {
      this.#failure = { error };
      this.#waiting = "";
      this.#broken.abort();
    }
    this.#writing = false;
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }

  async #change(patience: number = Infinity): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#watchers.add(resolve);
    const timer = patience === Infinity ? undefined : setTimeout(resolve, patience);
    await promise;
    clearTimeout(timer);
    this.#watchers.delete(resolve);
  }
}
