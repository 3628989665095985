/**
 * What must come of what a peer sends.
 *
 * @module
 */

/** What the hub must say to a peer and to consumers of its events. */
export class Foretold {
  /** What it says to the peer itself, in the words of `answers.ts`; events are left out. */
  readonly answers: string[] = [];
  /** The events that it routes, each by its essence. */
  readonly events: string[] = [];
  /** Events that it drops, for their ids were seen. */
  duplicates = 0;
  /** The ids that it notes, in order. */
  readonly ids = new Set<string>();
  /** Lines that it deals with, those skipped as empty left out. */
  frames = 0;
  /** Whether it closes the connection by itself, whatever the peer does. */
  closes = false;
  /** Whether the peer has to wait for its key until somebody else is gone or done. */
  waits = false;
  /** The group that the peer is in from its hello on. */
  group: string | undefined;
  /** The types that the peer wants from then on. */
  eventTypes: readonly string[] = [];
  /** Why this may not be sent: the contract leaves the answer open, or the hub would stop. */
  unsent: string | undefined;

  /** The hub says it as its last word. */
  close(...answers: string[]): void {
    this.answers.push(...answers);
    this.closes = true;
  }
}
