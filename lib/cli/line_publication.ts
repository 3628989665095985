/**
 * Publishing the lines of an input.
 *
 * @module
 */

import { RefusedError } from "../client/errors.ts";
import type { FlushTotals } from "../client/publisher.ts";
import { BusError } from "../protocol/errors.ts";
import type { InputLine } from "../protocol/input_lines.ts";
import { orAborted } from "../platform/aborted.ts";
import { counted } from "../platform/counted.ts";

/** Events after which the hub is asked whether they have arrived. */
const FLUSH_EVENTS = 1_000;

/** Milliseconds after which it is asked where there are fewer, or none. */
const FLUSH_MS = 1_000;

/** Milliseconds after which, and in steps of which, it is said how far a long input is. */
const PROGRESS_MS = 1_000;

/** What a {@linkcode LinePublication} needs. */
export interface LinePublicationOptions {
  /** The hub. */
  readonly publisher: {
    readonly acknowledged: number;
    flush(): Promise<FlushTotals>;
    close(): Promise<FlushTotals>;
  };
  /** Sends the event of a line. */
  readonly send: (text: string) => Promise<void>;
  /** Says how far it is. */
  readonly showProgress: (text: string) => void;
}

/**
 * Publishes line by line, and knows at any time which lines have arrived.
 *
 * - **In order.** A line that is no event ends it; the lines before it are published.
 * - **Known.** The hub is asked at least every 1,000 events and every second. What goes wrong names
 *   the line and how many events the hub has acknowledged.
 * - **At once.** A hub that goes away ends it though no further line comes.
 */
export class LinePublication {
  readonly #options: LinePublicationOptions;
  /** The lines of the events that are not known to have arrived, in order. */
  #unknown: number[] = [];
  #acknowledgedLine = 0;
  /** Events sent before the last flush. */
  #flushedEvents = 0;
  #sent = 0;
  #flushing: Promise<void> | undefined;
  readonly #failed = new AbortController();
  #progressAt = performance.now();

  constructor(options: LinePublicationOptions) {
    this.#options = options;
  }

  /**
   * Publishes all lines and closes the publisher.
   *
   * @param signal when it fires no more is read; what was sent is brought to its end
   * @returns what became of the events
   * @throws {BusError} with the code of what went wrong
   */
  async run(lines: AsyncIterable<InputLine[]>, signal: AbortSignal): Promise<FlushTotals> {
    // Asked though nothing was sent since: so a hub that has gone is noticed while no line comes.
    const timer = setInterval(() => this.#flushIfDue(0), FLUSH_MS);
    const over = AbortSignal.any([signal, this.#failed.signal]);
    try {
      await this.#sendAll(lines, over);
      this.#failed.signal.throwIfAborted();
      return await this.#close();
    } catch (error) {
      throw await this.#explained(error);
    } finally {
      clearInterval(timer);
    }
  }

  /** How many events have arrived, and up to which line, as the end of a sentence. */
  soFar(): string {
    this.#settle();
    const { acknowledged } = this.#options.publisher;
    if (acknowledged === 0) return "; no event is acknowledged";
    return `; ${counted(acknowledged, "event")} acknowledged, up to line ${this.#acknowledgedLine}`;
  }

  async #sendAll(lines: AsyncIterable<InputLine[]>, over: AbortSignal): Promise<void> {
    const reading = lines[Symbol.asyncIterator]();
    while (!over.aborted) {
      const next = await orAborted(reading.next(), over);
      if (next === undefined || next.done) return;
      for (const line of next.value) {
        if (over.aborted) return;
        await this.#send(line);
      }
    }
  }

  async #send({ number, text }: InputLine): Promise<void> {
    try {
      await this.#options.send(text);
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== "bad_input") throw error;
      throw new BusError(error.code, `line ${number}: ${error.message}`, error.hint);
    }
    this.#sent++;
    this.#unknown.push(number);
    // No more than one flush is under way, so that what is unknown stays bounded.
    if (this.#sent - this.#flushedEvents >= FLUSH_EVENTS) await this.#flushing;
    this.#flushIfDue(FLUSH_EVENTS);
  }

  #flushIfDue(events: number): void {
    if (this.#flushing || this.#sent - this.#flushedEvents < events) return;
    this.#flushedEvents = this.#sent;
    this.#flushing = this.#flush();
  }

  /** Never rejects: a failure ends the run. */
  async #flush(): Promise<void> {
    try {
      await this.#options.publisher.flush();
      this.#settle();
      this.#tellProgress();
    } catch (error) {
      this.#failed.abort(error);
    }
    this.#flushing = undefined;
  }

  async #close(): Promise<FlushTotals> {
    const totals = await this.#options.publisher.close();
    this.#settle();
    return totals;
  }

  /** Lines whose events have arrived are no longer unknown. */
  #settle(): void {
    const known = this.#options.publisher.acknowledged - (this.#sent - this.#unknown.length);
    if (known <= 0) return;
    this.#acknowledgedLine = this.#unknown[known - 1] ?? this.#acknowledgedLine;
    this.#unknown = this.#unknown.slice(known);
  }

  #tellProgress(): void {
    const now = performance.now();
    if (now - this.#progressAt < PROGRESS_MS) return;
    this.#progressAt = now;
    this.#options.showProgress(
      `${counted(this.#options.publisher.acknowledged, "event")} acknowledged`,
    );
  }

  async #explained(error: unknown): Promise<unknown> {
    if (!(error instanceof BusError)) return error;
    // The lines before a bad one stand; if they cannot be brought to their end, the counts show it.
    if (error.code === "bad_input") await this.#close().catch(() => {});
    const line = this.#refusedLine(error);
    const where = line === undefined ? "" : `line ${line}: `;
    return new BusError(error.code, where + error.message + this.soFar(), error.hint);
  }

  #refusedLine(error: BusError): number | undefined {
    if (!(error instanceof RefusedError) || error.eventNumber === undefined) return undefined;
    this.#settle();
    return this.#unknown[error.eventNumber - 1 - (this.#sent - this.#unknown.length)];
  }
}
