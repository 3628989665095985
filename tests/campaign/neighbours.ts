/**
 * Those who read, beside one who does not: whatever becomes of it, they must not notice.
 *
 * @module
 */

import type { Trial } from "./campaign.ts";
import type { ReaderReport } from "./load/reader.ts";
import type { Readers } from "./load/starts.ts";
import { insistInTime } from "./timing.ts";
import { eventually } from "../e2e/waiting.ts";
import { insist } from "./questions.ts";
import type { Spread } from "./spread.ts";

/**
 * Expects that each of them gets everything, in order, whole. Returns the delay below which 99 of 100
 * events of the slowest stayed since they were told to measure, in milliseconds.
 *
 * @param published how many events there were for them
 */
export async function lostNothing(readers: Readers, published: number): Promise<number> {
  let reports: readonly ReaderReport[] = [];
  await eventually("the others have got everything", async () => {
    reports = await readers.does("report");
    for (const report of reports) judge(report);
    return reports.every(({ last }) => last === published);
  });
  return Math.max(...reports.map(({ p99 }) => p99));
}

/**
 * Expects that they do not wait more than twice as long as before. A machine has its moments: what
 * counts is the middle of several measurements.
 */
export function waitedNoLonger(trial: Trial, before: Spread, beside: Spread): void {
  trial.note("p99 of the others", `${before.median.toFixed(1)} ms`);
  trial.note("p99 of the others beside it", `${beside.median.toFixed(1)} ms`);
  insistInTime(
    beside.median <= 2 * before.median,
    `99 of 100 events come within ${beside.median} ms, and without it within ${before.median} ms`,
  );
}

/** Milliseconds without a turn in which a reader may have been taken to keep up no longer. */
const ASLEEP_MS = 80;

/** Expects that a reader has lost nothing. One that got no time from the system may have. */
export function insistKeptUp({ key, missing, longestSleep }: ReaderReport): void {
  const wrong = `${key}, which reads, has lost ${missing} events`;
  const asleep = `${wrong}; it got no time from the system for ${Math.round(longestSleep)} ms`;
  if (longestSleep >= ASLEEP_MS) insistInTime(missing === 0, asleep);
  else insist(missing === 0, wrong);
}

function judge(report: ReaderReport): void {
  const { key, wrong, isClosed } = report;
  insistKeptUp(report);
  insist(wrong === undefined, `${key}: ${wrong}`);
  insist(!isClosed, `${key}, which reads, was closed`);
}
