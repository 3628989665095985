/**
 * Waiting for one of many things that may happen.
 *
 * @module
 */

/** Is rung by whatever happens, and wakes the one who waits; it keeps in mind that it was rung. */
export class Bell {
  #rung = Promise.withResolvers<void>();

  /** Something has happened. */
  ring(): void {
    this.#rung.resolve();
  }

  /** Resolves when it was rung since the last time that somebody waited. One at a time. */
  async heard(): Promise<void> {
    const rung = this.#rung;
    await rung.promise;
    // Whoever has given up waiting must not take it from the next one.
    if (this.#rung === rung) this.#rung = Promise.withResolvers();
  }
}
