/**
 * A hub in a cage of 400 MiB, all its sockets' buffers in the kernel included, with everything at once
 * that would cost it memory: stuck consumers, lines without end, lines that are never ended, publishers
 * that read no answers, deep and wide frames, and floods of wrong ones.
 *
 * @module
 */

import { Cage } from "../campaign/cage.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { startCrowd, startMischief, startPublisher } from "../campaign/load/starts.ts";
import { MANY_DESCRIPTORS, serveUnder, tooMany } from "../campaign/serve_under.ts";
import { StallMeter } from "../campaign/stall.ts";
import { insistInTime, inSomeRound } from "../campaign/timing.ts";
import { Watcher } from "../campaign/watcher.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { insist } from "../campaign/questions.ts";

const MB = 1024 * 1024;
const CAGE_BYTES = 400 * MB;
const MEMORY = "160MiB";

const STUCK = 500;

/**
 * Milliseconds over which they come. All at one moment is the storm's own part: what each of them
 * costs to be let in is then a wait of them all, and not what a cage has to do with.
 */
const ARRIVAL_MS = 1_000;

/** Publishers that hold a line, and milliseconds until one that was closed for it comes again. */
const HOLDERS = 1_000;
const HELD_MS = 6_000;
const FILLER = 8_000;

/** More than the hub may hold, and what the system holds of it beside. */
const FLOOD_BYTES = 250 * MB;

/** The longest that who only asks how the hub is has to wait, in milliseconds. */
const STALL_MS = 100;

export const caged: Part = {
  name: "caged",
  rows: [24],
  weight: 30,
  floors: {
    "stuck consumers": 500,
    "megabytes published at them": 250,
    "endless line": 20,
    "bad frame": 200,
    "deep or wide": 20,
    "deaf publisher": 4,
    "held line": 1_000,
    "looks of the watcher": 300,
    "questions answered": 100,
  },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  const cage = Cage.make(CAGE_BYTES);
  if (typeof cage === "string") return trial.skip(cage);
  using _ = cage;
  await using place = await Place.empty();
  const hub = await serveUnder(place, `${MANY_DESCRIPTORS}\n${cage.enter}`, ["--memory", MEMORY]);
  const reason = tooMany(STUCK + HOLDERS, hub);
  if (reason) return trial.skip(reason);
  using watcher = await Watcher.on(place.socket);
  await watcher.look();
  const endLooking = watcher.keepLooking();
  using meter = new StallMeter(place.socket);
  const seed = trial.random.int(0, 1_000_000);
  const mischief = startMischief(place, {
    kinds: { "endless line": 2, "bad frame": 4, "deep or wide": 2, "deaf publisher": 2 },
    pause: 20,
    seed,
  });
  const holders = startMischief(place, { kinds: { "held line": HOLDERS }, pause: HELD_MS, seed });

  try {
    do await standStill(trial, place); while (!isOver());
  } finally {
    // What else fails then only follows from it.
    insist(
      cage.kills === 0,
      "the system has killed the hub, for it wanted more than the cage has",
    );
  }

  for (const many of [await mischief.does("report"), await holders.does("report")]) {
    for (const [name, count] of Object.entries(many)) {
      trial.tally.add(name.split(":")[0] ?? name, count);
      trial.tally.add(name, count);
    }
  }
  await mischief.kill();
  await holders.kill();
  const stalls = await meter.end();
  await endLooking();

  trial.tally.add("looks of the watcher", watcher.got);
  trial.tally.add("questions answered", stalls.answers);
  trial.note("peak of the cage", `${Math.round(cage.peak / MB)} MiB`);
  trial.note("peak of the hub itself", `${Math.round(hub.memoryPeak() / MB)} MiB`);
  trial.note("longest stall", `${stalls.longest.toFixed(1)} ms`);
  trial.note("99 of 100 answers within", `${stalls.p99.toFixed(1)} ms`);
  trial.note("watcher's longest wait", `${watcher.longest.toFixed(1)} ms`);
  insist(stalls.failures.length === 0, `questions without an answer: ${stalls.failures}`);
  insistInTime(stalls.longest <= STALL_MS, `it stood still for ${stalls.longest} ms`);
}

/** Five hundred consumers come, stop, and die after all that was published at them. */
async function standStill(trial: Trial, place: Place): Promise<void> {
  const publisher = await startPublisher(place, { type: "stuck.", types: STUCK, filler: FILLER });
  const crowd = await startCrowd(place, {
    key: "stuck",
    type: "stuck.",
    reads: false,
    patience: 5_000,
  });
  await crowd.does({ come: STUCK, over: ARRIVAL_MS });
  await eventually("all are registered", async () => {
    const { states: { registered, waiting, knocking }, words } = await crowd.does("report");
    insist(registered + waiting + knocking === STUCK, `some were not taken: ${words}`);
    return registered === STUCK;
  });
  await crowd.running.freeze();
  const events = Math.ceil(FLOOD_BYTES / FILLER);
  const { refused, routed } = await publisher.does({ events, rate: 0 }, 120_000);
  insist(refused === undefined, `the publisher was refused: ${refused}`);
  insist(routed === events, `${routed} of ${events} events were routed`);
  await publisher.kill();
  await crowd.kill();
  trial.tally.add("stuck consumers", STUCK);
  trial.tally.add("megabytes published at them", FLOOD_BYTES / MB);
}
