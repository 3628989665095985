/**
 * Hostile frames from a grammar, on each kind of connection, in each state.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { Bench, Deviation } from "./bench.ts";
import { beside, fifth, mebibytes } from "./bystanders.ts";
import { CaseMaker, type Planned } from "./case_maker.ts";
import type { Case } from "./cases.ts";
import { MESSAGES } from "./contract.ts";
import { report } from "./findings.ts";
import { MUTATIONS } from "./mutations.ts";

/** Cases that are played at a time. */
const LANES = 8;

/** Milliseconds of the longest stall. */
const LONGEST_STALL_MS = 50;

/** What the memory may grow by beyond a tenth, between the second fifth and the last. */
const MEMORY_NOISE = 8 * 1024 * 1024;

/** In a shorter run the heap of the program still grows to the size that it comes to have. */
const SECONDS_OF_MEMORY = 40;

/** How often each thing happens in a minute, at least: a fifth of what was measured on two cores. */
const FLOORS: Readonly<Record<string, number>> = {
  "frames": 230_000,
  "connections": 5_000,
  "events delivered": 27_000,
  "events dropped as duplicates": 1_300,
  "keys used again": 1_200,
  "state: newcomer": 800,
  "state: publisher": 35_000,
  "state: consumer": 60_000,
  "state: consumer that sets up": 20_000,
  "state: consumer beside another": 20_000,
  "state: consumer that waits for a cleanup": 20_000,
  "state: consumer that waits for a setup": 20_000,
  "state: consumer that waits for a setup in vain": 6_000,
  "state: holder": 45_000,
  "state: asker": 100,
  "state: asker of the state": 100,
  "end: half-closes": 2_900,
  "end: stays": 1_400,
  "end: vanishes": 450,
  "end: leaves early": 80,
  "answer: error bad_frame": 2_000,
  "answer: error frame_too_large": 6,
  "answer: bye protocol": 8,
  "answer: rejected bad_hello": 25,
  ...Object.fromEntries(Object.keys(MUTATIONS).map((name) => [`mutation: ${name}`, 1_900])),
  ...Object.fromEntries([...MESSAGES.keys()].map((type) => [`frame: ${type}`, 900])),
};

/** Frames of every kind, mutated and joined, each connection held against an oracle. */
export const grammarPart: Part = {
  name: "grammar",
  rows: [17, 33],
  weight: 30,
  floors: FLOORS,
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using bench = await Bench.open();
  if (trial.seconds >= SECONDS_OF_MEMORY) await bench.fillMemory();
  await beside(trial, bench.place, { stall: LONGEST_STALL_MS }, async ({ memory }) => {
    await playAll(trial, bench, isOver);
    judgeMemory(trial, memory);
  }, bench.audit);
}

async function playAll(trial: Trial, bench: Bench, isOver: () => boolean): Promise<void> {
  const maker = new CaseMaker(trial.random, bench.seen, bench.isFree);
  const playing = new Set<Case>();
  let deviation: Deviation | undefined;
  let suspects: readonly Case[] = [];
  const start = performance.now();
  const before = trial.tally.count("frames");
  const lane = async () => {
    while ((!isOver() || trial.goesOn()) && !deviation) {
      const planned = maker.next();
      playing.add(planned.played);
      try {
        await bench.play(planned.played, planned.foretold);
      } catch (error) {
        if (!(error instanceof Deviation)) throw error;
        if (deviation) return;
        deviation = error;
        suspects = [...playing];
        return;
      }
      playing.delete(planned.played);
      count(trial, planned);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (deviation) throw new Error(await report(deviation, suspects));
  const seconds = (performance.now() - start) / 1000;
  const frames = trial.tally.count("frames") - before;
  trial.note("frames a second", `${Math.round(frames / seconds)}`);
}

function count({ tally }: Trial, { foretold, counts }: Planned): void {
  tally.add("frames", foretold.frames);
  tally.add("connections");
  tally.add("events delivered", foretold.events.length);
  tally.add("events dropped as duplicates", foretold.duplicates);
  for (const [word, times] of counts) tally.add(word, times);
  for (const answer of foretold.answers) tally.add(`answer: ${answer.replace(/ [-\d].*/, "")}`);
}

function judgeMemory(trial: Trial, memory: readonly number[]): void {
  const [before, after] = [fifth(memory, 1), fifth(memory, 4)];
  trial.note("memory in the second fifth", mebibytes(before));
  trial.note("memory in the last fifth", mebibytes(after));
  if (trial.seconds < SECONDS_OF_MEMORY) return;
  if (after > before * 1.1 + MEMORY_NOISE) {
    throw new Error(`the memory grew from ${mebibytes(before)} to ${mebibytes(after)}`);
  }
}
