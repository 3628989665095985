/**
 * A row of the table, and what fills it.
 *
 * @module
 */

import type { PeerName } from "../peers/peers.ts";

/** What a figure is counted in. */
export type Unit = "events/s" | "ms" | "MB" | "µs" | "events" | "%";

/** How the hub from source has to do. */
export interface Target {
  /** A peer whose figure it is held against, or nothing: then the figure itself. */
  readonly against?: "redis" | "nats";
  /** Factors of that figure, or the figure: at least, or at most where less is better. */
  readonly required: number;
  readonly stretch?: number;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: Unit;
  readonly isLessBetter?: boolean;
  readonly targets?: readonly Target[];
  /** Whose targets they are, where it is not the hub from source. */
  readonly judged?: PeerName;
}

/** What one round gives for a row: a figure, or nothing where the round counts for none. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** What is measured in one go, for one peer at a time. */
export interface Trial {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Whom it is made for; all, where it does not say. */
  readonly peers?: readonly PeerName[];
  /** Rounds, where it is not as many as the others have. */
  readonly rounds?: number;
  /** Whether it is a part of `--quick`. */
  readonly isQuick?: boolean;
  run(peer: PeerName): Promise<Figures>;
}
