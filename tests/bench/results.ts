/**
 * What the rounds gave, and what follows from it.
 *
 * @module
 */

import type { PeerName } from "../peers/peers.ts";
import type { Row, Target } from "./row.ts";

/** The middle of some figures, and the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The figures of one row, for each peer a figure a round; none where a round counts for none. */
export class RowResult {
  readonly figures = new Map<PeerName, (number | undefined)[]>();

  constructor(readonly row: Row) {}

  add(peer: PeerName, figure: number | undefined): void {
    const rounds = this.figures.get(peer) ?? [];
    rounds.push(figure);
    this.figures.set(peer, rounds);
  }

  /** A peer's figures; nothing where no round counts. */
  spread(peer: PeerName): Spread | undefined {
    return spreadOf(this.figures.get(peer) ?? []);
  }

  /** How many times another's figure a peer's is, round by round. */
  ratio(peer: PeerName, other: PeerName): Spread | undefined {
    const others = this.figures.get(other) ?? [];
    const ratios = (this.figures.get(peer) ?? []).map((figure, round) => {
      const against = others[round];
      return figure === undefined || against === undefined ? undefined : figure / against;
    });
    const spread = spreadOf(ratios);
    const own = this.spread(peer);
    const theirs = this.spread(other);
    if (!spread || !own || !theirs) return undefined;
    // What is judged are the medians; the rounds show how far they can be trusted.
    return { ...spread, median: own.median / theirs.median };
  }

  /** Whether a target holds; nothing where it cannot be said. */
  holds({ against }: Target, factor: number): boolean | undefined {
    const judged = this.row.judged ?? "source";
    const figure = against ? this.ratio(judged, against) : this.spread(judged);
    if (!figure) return undefined;
    return this.row.isLessBetter ? figure.median <= factor : figure.median >= factor;
  }
}

function spreadOf(figures: readonly (number | undefined)[]): Spread | undefined {
  const sorted = figures.filter((figure) => figure !== undefined).sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return undefined;
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? least;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
  return { median, least, most };
}

/** All rows of a run, and what was lost in it. */
export interface Results {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: Readonly<Partial<Record<PeerName, string>>>;
  readonly rows: readonly RowResult[];
  /** Deliveries that did not come, in all rounds together. */
  readonly lost: ReadonlyMap<PeerName, number>;
}

/** The results as JSON. */
export function asJson({ date, command, machine, versions, rows, lost }: Results): string {
  return JSON.stringify(
    {
      date,
      command,
      machine,
      versions,
      rows: rows.map(({ row, figures }) => ({ ...row, figures: Object.fromEntries(figures) })),
      lost: Object.fromEntries(lost),
    },
    null,
    2,
  );
}
