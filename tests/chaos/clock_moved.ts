/**
 * The wall clock is moved by hours and years under a running hub: what it measures goes on by a clock
 * that nobody moves.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import type { Wire } from "../e2e/wire.ts";
import { fakeTimeLibrary, MovedClock } from "./stage/moved_clock.ts";
import {
  askStatus,
  askStatusIfThere,
  check,
  event,
  firstOf,
  hello,
  insist,
} from "../campaign/questions.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Seconds by which the clock is moved at the least: each is tried in each round. */
const MOVES = [HOUR, -DAY, 365 * DAY];

const IDLE_MS = 2_000;

/** Milliseconds that a round takes at the least. */
const ROUND_MS = 7_000;

/** Milliseconds of real time in which a silent peer is cut off, and one that takes nothing. */
const SILENT_MS = [5_000, 5_500] as const;
const STUCK_MS = [5_000, 6_500] as const;

/** Milliseconds by which two measured times of one thing may differ here. */
const GRACE_MS = 250;

export const clockMoved: Part = {
  name: "clock moved",
  rows: [12],
  weight: 8,
  floors: {
    "moves that the hub has seen": 12,
    "duplicates found": 12,
    "deadlines kept in real time": 4,
    "idle exits kept in real time": 2,
  },
  async run(trial) {
    const library = fakeTimeLibrary();
    if (library === undefined) return trial.skip("libfaketime is not installed (faketime)");
    do await moveInARound(trial, library); while (trial.left > ROUND_MS);
  },
};

async function moveInARound(trial: Trial, library: string): Promise<void> {
  const { random, tally } = trial;
  // What the library shares between processes belongs to the user that a process begins as.
  await using place = await Place.empty();
  const clock = new MovedClock(place.directory, library);
  const start = performance.now();
  await place.serve(["--idle-timeout", `${IDLE_MS}ms`], { env: clock.env });
  const scene = new Scene(place, clock);
  await scene.begin();
  const moves = [...random.shuffled(MOVES), ...MOVES.filter(() => random.oneIn(2))];
  for (const seconds of moves) {
    await pause(random.int(100, 900));
    clock.move(seconds);
    await scene.holds(start);
    tally.add("moves that the hub has seen");
    tally.add("duplicates found");
  }
  await scene.deadlines();
  tally.add("deadlines kept in real time", 2);
  await scene.idleExit(random.pick(MOVES));
  tally.add("idle exits kept in real time");
}

interface Since {
  readonly wire: Wire;
  readonly at: number;
}

/** Peers that wait for something in a place. */
class Scene {
  #silent: Since | undefined;
  #stuck: Since | undefined;
  #publisher: Wire | undefined;
  #consumers: Wire[] = [];
  #waiting: Wire | undefined;
  #moves = 0;

  constructor(private readonly place: Place, private readonly clock: MovedClock) {}

  async begin(): Promise<void> {
    const { place } = this;
    this.#silent = { wire: await place.wire(), at: performance.now() };
    const [holder, waiting, stuck] = [await place.wire(), await place.wire(), await place.wire()];
    await holder.send(hello("held", ["t"]), check("held"));
    await firstOf([holder]);
    insist((await holder.frame()).last_for_key === true, "a sole consumer is not last");
    await waiting.send(hello("held", ["t"]));
    this.#waiting = waiting;
    await stuck.send(hello("stuck", ["stuck"]));
    await firstOf([stuck]);
    const publisher = this.#publisher = await place.wire();
    // More than the system takes for one who does not read.
    const large = Array.from({ length: 200 }, () => event("stuck", "x".repeat(5_000)));
    await publisher.send(...large, event("t", 1, { event_id: "one" }), '{"type":"flush","id":0}');
    insist((await publisher.frame()).events === 201, "the first events are not routed");
    this.#stuck = { wire: stuck, at: performance.now() };
    this.#consumers = [holder];
  }

  /** After a move: nothing is over that is not over, and nothing forgotten. */
  async holds(start: number): Promise<void> {
    const { place, clock } = this;
    const consumer = await place.wire();
    await consumer.send(hello(`late-${++this.#moves}`, ["t"]));
    await firstOf([consumer]);
    this.#consumers.push(consumer);
    await this.#publisher?.send(event("t", 1, { event_id: "one" }), '{"type":"flush","id":1}');
    const ack = await this.#publisher?.frame();
    insist(ack?.duplicates === 1, `a duplicate is not found: ${JSON.stringify(ack)}`);

    const status = await askStatus(place.socket);
    const real = (performance.now() - start) / 1000;
    const { uptime_sec, closed } = status;
    insist(
      uptime_sec <= real && uptime_sec >= real - 2,
      `the hub says that it is up for ${uptime_sec} s, after ${real} s`,
    );
    insist(closed.length === 0, `closed by the clock: ${JSON.stringify(closed)}`);
    const { connected_at = 0 } = status.consumers.at(-1) ?? {};
    const seen = connected_at - Date.now();
    insist(Math.abs(seen - clock.ahead) < 5_000, `the hub's clock is ${seen} ms ahead`);
  }

  /** Who is silent, and who takes nothing, is cut off in real time. */
  async deadlines(): Promise<void> {
    const { place } = this;
    const stuck = this.#stuck;
    const silent = this.#silent;
    if (!stuck || !silent) return;
    const answer = await silent.wire.frame();
    insist(answer.code === "timeout", `a silent peer got ${JSON.stringify(answer)}`);
    expectWithin("a silent peer", performance.now() - silent.at, SILENT_MS);
    await eventually("one that takes nothing is cut off", async () => {
      const { closed } = await askStatus(place.socket);
      return closed.some(({ event_key, reason }) => event_key === "stuck" && reason === "slow");
    });
    expectWithin("one that takes nothing", performance.now() - stuck.at, STUCK_MS);
    // Who waits for a key has 30 s, which are not over.
    this.#consumers[0]?.close();
    const [waiting] = [this.#waiting];
    if (waiting) insist((await firstOf([waiting]))[0] === true, "one that waited is not first");
  }

  /** A hub that nobody needs leaves in real time, whatever the clock says meanwhile. */
  async idleExit(move: number): Promise<void> {
    const { hub, socket } = this.place;
    const left = performance.now();
    for (const wire of [...this.#consumers, this.#waiting, this.#publisher]) wire?.close();
    this.clock.move(move);
    await pause(IDLE_MS / 2);
    insist(await askStatusIfThere(socket) !== undefined, "the hub has left before its time");
    const { code } = await hub.end();
    insist(code === 0, `the hub that left has ended with ${code}`);
    expectWithin("the idle exit", performance.now() - left, [IDLE_MS, IDLE_MS + 2_000]);
  }
}

function expectWithin(what: string, took: number, [from, to]: readonly [number, number]): void {
  insist(
    took >= from - GRACE_MS && took <= to + GRACE_MS,
    `${what}: after ${took.toFixed()} ms, not ${from} to ${to}`,
  );
}
