/**
 * Who says what must come of the lines of a peer, and what has to be known for it.
 *
 * @module
 */

import type { Line } from "./lines.ts";

/** Who else is in the key, from before the connection on. */
export type Companion =
  | "nobody"
  /** A consumer that does not ask whether it is the last. */
  | "a member"
  /** The holder of the key's cleanup; it closes when the peer has sent all. */
  | "one that cleans up"
  /** The first of the key; it is done when the peer has sent all. */
  | "one that sets up"
  /** The same, and it closes instead. */
  | "one that sets up in vain";

/** What surrounds a connection. */
export interface Situation {
  /** The key that a companion is in, where there is one. */
  readonly key: string;
  readonly companion: Companion;
  /** Whether the peer ends its stream before its companion gives way. */
  readonly leavesEarly: boolean;
}

/** Deals with the lines that come after those before. */
export interface Oracle {
  /** Returns who deals with the next one. */
  take(line: Exclude<Line, { is: "empty" }>): Oracle;
  /** The peer sends nothing more. */
  end(): void;
}
