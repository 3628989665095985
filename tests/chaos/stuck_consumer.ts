/**
 * One of eight consumers is stopped, as a program in a debugger is, while others publish all that they
 * can. It loses its own oldest events, and its connection where it takes nothing for 5 s; nobody else
 * loses anything.
 *
 * @module
 */

import type { ConsumerInfo } from "../../lib/protocol/messages.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import {
  type Publisher,
  type Readers,
  startPublisher,
  startReaders,
} from "../campaign/load/starts.ts";
import { inSomeRound } from "../campaign/timing.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { lostNothing, waitedNoLonger } from "../campaign/neighbours.ts";
import { askStatus, hello, insist, type Status } from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";

const NEIGHBOURS = 7;
const VICTIM = "victim0";
const TYPE = "load.stuck";
const FILLER = 1_000;

/** Enough for a channel to overflow: 16 MB. */
const FLOOD = 15_000;

/** So many of them are 80 MB. */
const FLOODS = 5;

/** A trickle that goes on until the hub has acted. */
const TRICKLE = { events: 500, rate: 1_000 };

/** Milliseconds from the last byte that it took to its end: the hub's 5 s, and the time to notice. */
const GONE_AFTER_MS = [5_000, 6_500] as const;

/** In the long form it stands still for so long; in the short one until it is gone, which is enough. */
const LONG_STOP_MS = 20_000;

export const stuckConsumer: Part = {
  name: "stuck consumer",
  rows: [5],
  weight: 14,
  floors: {
    "events published at it": 50_000,
    "events that the others got": 350_000,
    "events that it lost": 10_000,
    "closed as slow": 1,
  },
  async run(trial) {
    do await inSomeRound(trial, () => round(trial)); while (trial.goesOn());
  },
};

async function round(trial: Trial): Promise<void> {
  await using place = await Place.withHub();
  const numbered = { type: TYPE, filler: FILLER };
  const told = { types: [TYPE], numbered };
  const neighbours = await startReaders(place, { ...told, connections: NEIGHBOURS, key: "n" });
  const victim = await startReaders(place, { ...told, connections: 1, key: "victim" });
  const publisher = await startPublisher(place, numbered);
  const scene = new Scene(trial, place, publisher, neighbours, victim);

  await scene.loses();
  await scene.isClosed();
  for (const { count } of await neighbours.does("report")) {
    trial.tally.add("events that the others got", count);
  }
  trial.tally.add("events published at it", scene.published);
}

/** A round's processes, and how many events there were. */
class Scene {
  published = 0;

  constructor(
    private readonly trial: Trial,
    private readonly place: Place,
    private readonly publisher: Publisher,
    private readonly neighbours: Readers,
    private readonly victim: Readers,
  ) {}

  /** It stands still for less than 5 s: it stays, and what it has lost it sees as gaps, all of it. */
  async loses(): Promise<void> {
    await this.#publish(FLOOD);
    await this.victim.running.freeze();
    await this.#publish(FLOOD);
    this.victim.running.thaw();
    // It must be level again, or the next flood finds it given up.
    await eventually("it has what is left", async () => {
      const [report] = await this.victim.does("report");
      return report?.last === this.published;
    });
    const { dropped } = this.#rowOf(await askStatus(this.place.socket));
    const [report] = await this.victim.does("report");
    insist(report?.wrong === undefined, `the victim: ${report?.wrong}`);
    insist(report?.missing === dropped, `it misses ${report?.missing}; dropped is ${dropped}`);
    insist(dropped > 0, "it lost nothing, though it stood still");
    await lostNothing(this.neighbours, this.published);
    this.trial.tally.add("events that it lost", dropped);
  }

  /** It stands still for good. */
  async isClosed(): Promise<void> {
    const before = await this.#flood();
    await this.victim.running.freeze();
    const stoppedAt = performance.now();
    const registered = this.published;
    const looking = this.#lookUntilGone();
    // Its failure is told when it is waited for; until then it must not end the process.
    looking.catch(() => {});
    const beside = await this.#flood();
    const isGone = this.#trickleUntil(looking);
    const { takenAt, status, published } = await looking;
    await this.#isKeyFree();
    await isGone;
    insist(published > registered, "nothing was published at it");

    waitedNoLonger(this.trial, before, beside);
    const end = this.#judgeEnd(status, takenAt);
    if (this.trial.seconds > 60) {
      const left = LONG_STOP_MS - (performance.now() - stoppedAt);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    }
    this.victim.running.thaw();
    await this.#judgeWhatItGot(end);
    await lostNothing(this.neighbours, this.published);
    this.trial.tally.add("closed as slow");
  }

  /** 80 MB come; tells how long the others waited for them. */
  async #flood(): Promise<Spread> {
    const delays = new Spread();
    for (let i = 0; i < FLOODS; i++) {
      await this.neighbours.does("measure");
      await this.#publish(FLOOD);
      delays.add(await lostNothing(this.neighbours, this.published));
    }
    return delays;
  }

  async #publish(events: number, rate = 0) {
    const report = await this.publisher.does({ events, rate }, 60_000);
    this.published += events;
    insist(report.refused === undefined, `the publisher was refused: ${report.refused}`);
    insist(report.routed === this.published, `${report.routed} of ${this.published} were routed`);
    return report;
  }

  async #trickleUntil(promise: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = () => isOver = true;
    promise.then(over, over);
    while (!isOver) await this.#publish(TRICKLE.events, TRICKLE.rate);
  }

  /** Looks at the status until the victim is not in it; tells when its last byte was seen taken. */
  async #lookUntilGone() {
    let takenAt = Date.now();
    let delivered = -1;
    for (const end = takenAt + 3 * GONE_AFTER_MS[1]; Date.now() < end;) {
      const askedAt = Date.now();
      const status = await askStatus(this.place.socket);
      const row = status.consumers.find(({ event_key }) => event_key === VICTIM);
      if (!row) return { takenAt, status, published: status.published };
      if (row.delivered !== delivered) takenAt = askedAt;
      delivered = row.delivered ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error("a consumer that takes nothing is never closed");
  }

  async #isKeyFree(): Promise<void> {
    const wire = await Wire.connect(this.place.socket);
    try {
      await wire.send(hello(VICTIM, ["nothing"]));
      const ack = await wire.frame(500);
      insist(ack.first_for_key === true, `its key is not free: ${JSON.stringify(ack)}`);
      await wire.send('{"type":"bye"}');
    } finally {
      wire.close();
    }
  }

  /** How the hub remembers it, after its end. */
  #judgeEnd(status: Status, takenAt: number): ConsumerInfo {
    const end = status.closed.find(({ event_key }) => event_key === VICTIM);
    insist(end !== undefined && end.reason === "slow", `it ended by ${JSON.stringify(end)}`);
    const after = end.closed_at - takenAt;
    this.trial.note("closed after its last byte", `${after} ms`);
    const [least, most] = GONE_AFTER_MS;
    // Its last byte was taken between two looks, up to some 50 ms after the one that is known.
    insist(after >= least - 100 && after <= most, `it was closed ${after} ms after its last byte`);
    const { stderr } = this.place.hub;
    insist(stderr.includes(`reason=slow event_key="${VICTIM}"`), `no word in the log: ${stderr}`);
    const { received, dropped, delivered = 0, queued = 0 } = end;
    insist(received === dropped + delivered + queued, `the counts differ: ${JSON.stringify(end)}`);
    return end;
  }

  /**
   * After it goes on it finds what the system held for it. A write that was out may still be given to
   * it, and counts as what waited. What it misses it was told of: all the rest waited for it.
   */
  async #judgeWhatItGot({ dropped, delivered = 0, queued = 0, received }: ConsumerInfo) {
    await eventually("it sees that it is closed", async () => {
      const [report] = await this.victim.does("report");
      return report?.isClosed;
    });
    const [report] = await this.victim.does("report");
    insist(report !== undefined && report.wrong === undefined, `the victim: ${report?.wrong}`);
    const { count, last, missing } = report;
    insist(
      count >= delivered && count <= delivered + queued,
      `it got ${count} events; ${delivered} were delivered, ${queued} waited`,
    );
    const stillWaited = queued - (count - delivered);
    const unseen = received - stillWaited - last;
    insist(
      unseen >= 0 && missing + unseen === dropped,
      `it misses ${missing}, ${unseen} more went before what waited; dropped is ${dropped}`,
    );
    this.trial.tally.add("events that it lost", dropped);
  }

  #rowOf(status: Status): ConsumerInfo {
    const row = status.consumers.find(({ event_key }) => event_key === VICTIM);
    if (!row) throw new Error("the victim is gone too early");
    return row;
  }
}
