/**
 * What a `bus consume` tells, held to what it must: whatever becomes of its hub, the stream of each
 * connection is unbroken up to its end.
 *
 * @module
 */

import type { Running } from "../../e2e/running.ts";
import { insist } from "../../campaign/questions.ts";

/** The payload of an event that {@linkcode ToldEvents} can follow: the n-th of a source. */
export interface Numbered {
  readonly source: string;
  readonly n: number;
}

/** A consumer's process, and what it has told so far. */
export class ToldEvents {
  /** Events that came. */
  events = 0;
  /** Connections on which events came. */
  connections = 0;
  #seq = 0;
  /** The last number of each source on this connection. */
  readonly #last = new Map<string, number>();

  /** @param program a `bus consume` that prints whole frames */
  constructor(readonly program: Running) {}

  /** How often it said that it is back. */
  get returns(): number {
    return [...this.program.stderr.matchAll(/^back /gm)].length;
  }

  /** Whether the last that it said is that it is back, on a new hub, and what it may have missed. */
  get isBackOnNew(): boolean {
    const said = this.program.stderr.split("\n").filter((line) => /^(away|back) /.test(line));
    return /^back .* hub=new away=.*: what came meanwhile is missed/.test(said.at(-1) ?? "");
  }

  /** Whether an event has come on the connection that it has now. */
  has({ source, n }: Numbered): boolean {
    this.look();
    return (this.#last.get(source) ?? 0) >= n;
  }

  /** Takes what has come, and throws where something is missing, twice or out of order. */
  look(): void {
    for (const line of this.program.takeLines()) {
      const { seq, payload } = JSON.parse(line) as { seq: number; payload: Numbered };
      if (seq === 1) this.#begin();
      insist(seq === this.#seq + 1, `a consumer got seq ${seq} after ${this.#seq}: ${line}`);
      const { source, n } = payload;
      const last = this.#last.get(source);
      insist(
        last === undefined || n === last + 1,
        `a consumer got number ${n} after ${last}: ${line}`,
      );
      this.#seq = seq;
      this.#last.set(source, n);
      this.events++;
    }
  }

  #begin(): void {
    this.connections++;
    this.#seq = 0;
    this.#last.clear();
  }
}
