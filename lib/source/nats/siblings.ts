/**
 * What the bridges of one hub know in common.
 *
 * @module
 */

import { Remembered } from "./remembered.ts";

/** One of the bridges of a hub. */
export interface Sibling {
  /** Whether events go out through it. */
  readonly publishes: boolean;
  /** What it knows its own by from an earlier life, if it goes on in a stream where it was. */
  readonly lasting: string | undefined;
}

/**
 * The bridges of one hub that are there now, and what they have made up and brought in: so that what one
 * has sent does not come back through another, which the hub could not know where it had no id.
 */
export class Siblings {
  /** Stands in each message that one of them sends. */
  readonly origin: string = crypto.randomUUID();
  readonly #there = new Set<Sibling>();
  readonly #madeUp = new Remembered();
  readonly #broughtIn = new Remembered();
  readonly #start = crypto.randomUUID();
  #count = 0;

  /** One is there until the signal fires. */
  join(sibling: Sibling, signal: AbortSignal): void {
    if (signal.aborted || this.#there.has(sibling)) return;
    this.#there.add(sibling);
    signal.addEventListener("abort", () => this.#there.delete(sibling), { once: true });
  }

  /** Whether what comes in may go out again through one of them. */
  get publish(): boolean {
    return this.#there.values().some(({ publishes }) => publishes);
  }

  /** All by which they know their own, in this life and in a later one. */
  get origins(): string[] {
    const lasting = Array.from(this.#there, (sibling) => sibling.lasting);
    return [this.origin, ...lasting.filter((origin) => origin !== undefined)];
  }

  /** Makes up an id that nothing else has, for an event that the hub gives without one. */
  newId(): string {
    const id = `${this.#start}.${++this.#count}`;
    this.#madeUp.note(id);
    return id;
  }

  /** Whether one of them has made up this id. */
  hasMadeUp(id: string): boolean {
    return this.#madeUp.has(id);
  }

  /** An event has come in with this id and from this place. Returns whether that was not known. */
  noteArrival(place: string, id: string): boolean {
    return this.#broughtIn.note(passage(place, id));
  }

  /** It has not come into the hub after all. */
  forgetArrival(place: string, id: string): void {
    this.#broughtIn.forget(passage(place, id));
  }

  /** Whether one has come in with this id from just the place where it would go. */
  hasArrived(place: string, id: string): boolean {
    return this.#broughtIn.has(passage(place, id));
  }
}

/** The bridges of this process, which is one hub. */
export const SIBLINGS = new Siblings();

function passage(place: string, id: string): string {
  return `${place} ${id}`;
}
