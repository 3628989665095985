/**
 * A hub that may have 64 files and sockets open, hard, and 200 who want to be served, or say nothing
 * and come again whenever they are closed.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import {
  type Crowd,
  type Publisher,
  startCrowd,
  startMischief,
  startPublisher,
} from "../campaign/load/starts.ts";
import { serveUnder } from "../campaign/serve_under.ts";
import { insistInTime, inSomeRound } from "../campaign/timing.ts";
import { Watcher } from "../campaign/watcher.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { askStatus, insist } from "../campaign/questions.ts";

const FEW_DESCRIPTORS = "ulimit -n 64";

/** What they allow at least, the watcher and the publisher included. */
const SERVED = 24;

const CROWD = 200;

/** How many leave at a time, and how many come beside those who take their places. */
const LEAVE = 10;
const SURPLUS = 200;

/** Events for each that is served, each time. */
const EVENTS = 60;

/** Milliseconds in which everybody has a place, or a reason. */
const TOLD_MS = 5_000;

/** Milliseconds in which a hub answers who asks how it is. */
const ANSWER_MS = 1_000;

/** How many say nothing, and the milliseconds after which each comes again. */
const SILENT = 200;
const AGAIN_MS = 20;

/** How often one asks how the hub is beside them, and the milliseconds in which it is told. */
const QUESTIONS = 4;
const ANSWER_AMID_SILENT_MS = 3_000;

export const descriptorsGone: Part = {
  name: "descriptors gone",
  rows: [13],
  weight: 5,
  floors: {
    "served": 60,
    "told that there is no room": 400,
    "let in for one that left": 50,
    "events that came": 10_000,
    "answers of bus status": 10,
    "silent told that there is no room": 2_000,
    "events that came amid the silent": 5_000,
    "answers of bus status amid the silent": 10,
    "stopped amid the silent": 1,
  },
  async run(trial) {
    await inSomeRound(trial, (isOver) => round(trial, isOver));
  },
};

async function round(trial: Trial, isOver: () => boolean): Promise<void> {
  await using place = await Place.empty();
  await serveUnder(place, FEW_DESCRIPTORS);
  using watcher = await Watcher.on(place.socket);
  const publisher = await startPublisher(place, { type: "few.", types: CROWD, filler: 10 });
  const crowd = await startCrowd(place, {
    key: "few",
    type: "few.",
    reads: true,
    patience: TOLD_MS,
  });
  await watcher.look();
  const besides = 3;

  const endLooking = watcher.keepLooking();
  const scene = new Scene(trial, place, crowd, publisher);
  const endFirstAsking = keepAsking(place, trial);
  const served = await scene.comes(CROWD);
  insist(served + besides >= SERVED, `only ${served} and ${besides} are served`);
  trial.note("served of 200", String(served));
  await endFirstAsking();
  do {
    const endAsking = keepAsking(place, trial);
    await scene.exchange();
    await endAsking();
    await amidSilent(place, trial, async () => {
      for (let i = 0; i < QUESTIONS; i++) await askAmidSilent(place, trial);
      await scene.getEvents("events that came amid the silent");
    });
  } while (!isOver());
  await amidSilent(place, trial, async () => {
    await askAmidSilent(place, trial);
    await endLooking();
    const { code, stderr } = await place.run(["stop"]);
    insist(code === 0, `bus stop amid the silent: ${stderr}`);
    trial.tally.add("stopped amid the silent");
  });
}

/** While all places are taken by those who say nothing, and more of them are always at the door. */
async function amidSilent(place: Place, trial: Trial, deed: () => Promise<void>): Promise<void> {
  const silent = startMischief(place, { kinds: { silent: SILENT }, pause: AGAIN_MS, seed: 0 });
  const told = async () => (await silent.does("report"))["silent: limit"] ?? 0;
  await eventually("all places are taken", async () => await told() >= SILENT, TOLD_MS);
  await deed();
  trial.tally.add("silent told that there is no room", await told());
  await silent.kill();
}

async function askAmidSilent(place: Place, trial: Trial): Promise<void> {
  const start = performance.now();
  const { code, stderr } = await place.run(["status"]);
  const took = performance.now() - start;
  insist(code === 0, `bus status amid the silent: ${stderr}`);
  insistInTime(took <= ANSWER_AMID_SILENT_MS, `bus status amid the silent took ${took} ms`);
  trial.tally.add("answers of bus status amid the silent");
}

/** Asks by the program, one after the other, until it is told to end; returns how to tell it. */
function keepAsking(place: Place, trial: Trial): () => Promise<void> {
  let isOver = false;
  let longest = 0;
  const asking = (async () => {
    while (!isOver) {
      const start = performance.now();
      const { code, stderr } = await place.run(["status"]);
      longest = Math.max(longest, performance.now() - start);
      insist(code === 0, `bus status: ${stderr}`);
      insistInTime(longest <= ANSWER_MS, `bus status took ${longest} ms`);
      trial.tally.add("answers of bus status");
    }
    trial.note("longest run of bus status", `${Math.round(longest)} ms`);
  })();
  // Its failure is told when it is ended; until then it must not end the process.
  asking.catch(() => {});
  return async () => {
    isOver = true;
    await asking;
  };
}

/** The crowd, and what was for it. */
class Scene {
  #served = 0;
  #told = 0;
  #published = 0;
  #expected = 0;

  constructor(
    private readonly trial: Trial,
    private readonly place: Place,
    private readonly crowd: Crowd,
    private readonly publisher: Publisher,
  ) {}

  /** So many come at once. Each is served or told why not; returns how many are served. */
  async comes(many: number): Promise<number> {
    await this.crowd.does({ come: many });
    await eventually("each has a place or a reason", async () => {
      const { states, words } = await this.crowd.does("report");
      const { knocking, waiting, silenced, refused, dismissed } = states;
      insist(silenced === 0, `${silenced} were closed without a word`);
      insist(refused === 0 && dismissed === 0, `${JSON.stringify(states)} ${words}`);
      return knocking + waiting === 0;
    }, TOLD_MS);
    const { states: { registered, limited } } = await this.crowd.does("report");
    const added = registered - this.#served;
    this.trial.tally.add("served", added);
    this.trial.tally.add("told that there is no room", limited - this.#told);
    this.#served = registered;
    this.#told = limited;
    return added;
  }

  /** Some leave, and as many of those that come find a place. */
  async exchange(): Promise<void> {
    await this.getEvents("events that came");
    await this.crowd.does({ leave: LEAVE });
    this.#served -= LEAVE;
    await this.#isRegistered(this.#served);
    // A question that is being asked has a place too: who finds it taken comes again.
    let letIn = 0;
    await eventually(`${LEAVE} have left, and as many get in`, async () => {
      letIn += await this.comes(LEAVE - letIn);
      return letIn === LEAVE;
    }, TOLD_MS);
    this.trial.tally.add("let in for one that left", letIn);
    await this.comes(SURPLUS);
  }

  async #isRegistered(count: number): Promise<void> {
    await eventually("the hub has seen who has left", async () => {
      const { active_conns } = await askStatus(this.place.socket);
      // The watcher is one of them.
      return active_conns === count + 1;
    }, ANSWER_MS);
  }

  /** Each that is served gets every event for it; they are counted under a name. */
  async getEvents(name: string): Promise<void> {
    const { refused, matched } = await this.publisher.does({ events: EVENTS * CROWD, rate: 0 });
    insist(refused === undefined, `the publisher was refused: ${refused}`);
    this.#expected += matched - this.#published;
    this.#published = matched;
    await eventually("each that is served has its events", async () => {
      const { frames } = await this.crowd.does("report");
      insist(frames <= this.#expected, `${frames} events came instead of ${this.#expected}`);
      return frames === this.#expected;
    }, TOLD_MS);
    this.trial.tally.add(name, this.#served * EVENTS);
  }
}
