/**
 * The hub is killed by SIGKILL, at any moment of its life: while it serves, while it starts, while it
 * stops. Consumers are processes of the program, publishers are connections of this one.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import type { Random } from "../campaign/random.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { hasOpen, hubsOf, kill } from "./stage/processes.ts";
import {
  askStatus,
  askStatusIfThere,
  event,
  hello,
  insist,
  type Status,
} from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";
import { ToldEvents } from "./stage/told_events.ts";

const CONSUMERS = 20;
const PUBLISHERS = 4;

/** Milliseconds in which every consumer is back. */
const BACK_MS = 10_000;

/** Rounds in one place; after them all must be gone. */
const ROUNDS_OF_A_PLACE = 50;

/** What the hub does when it is killed: in half of the rounds it starts or stops. */
const KINDS = ["starts", "stops", "serves", "serves"] as const;

export const hubKilled: Part = {
  name: "hub killed",
  rows: [9],
  weight: 14,
  floors: {
    "killed while it served": 2,
    "killed while it started": 2,
    "killed while it stopped": 1,
    "events that came": 5_000,
    "acknowledged events that came": 1_000,
  },
  async run(trial) {
    const back = new Spread();
    while (trial.goesOn()) await killInAPlace(trial, back);
    trial.note("consumers back", back.text);
  },
};

async function killInAPlace(trial: Trial, back: Spread): Promise<void> {
  await using place = await Place.ofUser({ hubsHaveNames: true });
  const scene = new Scene(place, trial);
  await scene.begin();
  for (let round = 0; round < ROUNDS_OF_A_PLACE && trial.goesOn(); round++) {
    for (const time of await scene.round(round)) back.add(time);
  }
  await scene.end();
}

/** Twenty consumers and four publishers of one place. */
class Scene {
  #consumers: ToldEvents[] = [];
  #publishing: Promise<void>[] = [];
  #isOver = false;
  #rounds = 0;

  constructor(private readonly place: Place, private readonly trial: Trial) {}

  async begin(): Promise<void> {
    const programs = Array.from(
      { length: CONSUMERS },
      (_, at) => this.place.start(["consume", `key-${at}`, "--types", "t"]),
    );
    await Promise.all(programs.map((program) => program.says(/^ready /, 60_000)));
    this.#consumers = programs.map((program) => new ToldEvents(program));
    const { random } = this.trial;
    this.#publishing = Array.from(
      { length: PUBLISHERS },
      (_, at) => this.#publish(`p${at}`, random.fork()),
    );
  }

  /** Kills the hub, and waits until all is as it was; returns how long each consumer was away. */
  async round(number: number): Promise<number[]> {
    const returns = this.#consumers.map((consumer) => consumer.returns);
    await pause(this.trial.random.int(0, 150));
    const killedAt = await this.#mischief();
    const status = await this.#allBack(returns);
    for (const consumer of this.#consumers) {
      consumer.look();
      insist(
        consumer.connections <= consumer.returns + 1,
        "seq began anew on a consumer that did not say that it had been away",
      );
    }
    await this.#acknowledged(`round ${number}`);
    this.#leftovers(status.pid);
    const times = status.consumers.map(({ connected_at = 0 }) => connected_at - killedAt);
    const longest = Math.max(...times);
    insist(longest <= BACK_MS, `a consumer was back only after ${longest} ms`);
    return times;
  }

  /** All leave in good order, and of all those hubs nothing is left but the lock. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#publishing);
    for (const { program } of this.#consumers) program.signal("SIGTERM");
    for (const consumer of this.#consumers) {
      const { code, stderr } = await consumer.program.end(30_000);
      consumer.look();
      insist(code === 0 && /^ended: \d+ events, 0 lost, /m.test(stderr), stderr.slice(-500));
      this.trial.tally.add("events that came", consumer.events);
    }
    await this.place.stop();
    const files = await this.place.filesOfHubs();
    insist(files.join() === "default.lock", `killed hubs have left ${files}`);
  }

  /** Returns the unix time of the last kill. */
  async #mischief(): Promise<number> {
    const { random, tally } = this.trial;
    const { pid } = await askStatus(this.place.socket);
    const kind = KINDS[this.#rounds++ % KINDS.length];
    const stuck = kind === "stops" ? await this.#beginToStop(pid) : undefined;
    let killedAt = Date.now();
    if (!kill(pid)) tally.add("stopped before it could be killed");
    else tally.add(kind === "stops" ? "killed while it stopped" : "killed while it served");
    stuck?.close();
    if (kind === "starts") {
      for (let times = random.int(1, 3); times > 0; times--) killedAt = await this.#killNext();
    }
    // Who was told that the hub was stopped waits for somebody who wants one.
    if (kind === "stops") {
      const { code, stderr } = await this.place.run(["publish", "warm.up", "1"]);
      insist(code === 0, `a publisher after a hub that was killed as it stopped: ${stderr}`);
    }
    return killedAt;
  }

  /** Returns somewhere in the middle of its stopping, with who holds that up, if anybody does. */
  async #beginToStop(pid: number): Promise<Wire | undefined> {
    const { random } = this.trial;
    // With all taking what waits for them it is a matter of 10 ms; one that does not holds it up.
    const stuck = random.oneIn(2) ? await this.#stuckConsumer() : undefined;
    Deno.kill(pid, "SIGTERM");
    await pause(random.int(0, stuck ? 1_000 : 8));
    return stuck;
  }

  /** A consumer for whom more waits than the system takes. */
  async #stuckConsumer(): Promise<Wire> {
    const wire = await Wire.connect(this.place.socket);
    const events = Array.from({ length: 300 }, () => event("stuck", "x".repeat(4_000)));
    await wire.send(hello("stuck", ["stuck"]));
    await wire.frame();
    const publisher = await Wire.connect(this.place.socket);
    await publisher.send(...events, '{"type":"flush","id":1}');
    await publisher.frame();
    publisher.close();
    return wire;
  }

  /** Kills the next hub as it starts; returns when. */
  async #killNext(): Promise<number> {
    let pid: number | undefined;
    await eventually("a hub is started", () => {
      [pid] = hubsOf(this.place.directory);
      return pid !== undefined;
    }, BACK_MS);
    const lock = `${this.place.directory}/bus/default.lock`;
    const holdsLock = () => pid !== undefined && hasOpen(pid, lock);
    // From the shell that becomes it to its lock it takes a fifth of a second, and from there to a
    // socket next to nothing.
    const end = performance.now() + this.trial.random.int(0, 400);
    while (performance.now() < end && !holdsLock()) await pause(1);
    const hadLock = holdsLock();
    const killedAt = Date.now();
    if (pid !== undefined && kill(pid)) {
      this.trial.tally.add("killed while it started");
      this.trial.tally.add(`killed while it started, ${hadLock ? "with" : "without"} its lock`);
    }
    return killedAt;
  }

  async #allBack(returns: readonly number[]): Promise<Status> {
    const consumers = this.#consumers;
    let status: Status | undefined;
    await eventually("all consumers are back on one hub, and have said so", async () => {
      status = await askStatusIfThere(this.place.socket);
      const pids = status?.consumers.map(({ pid }) => pid) ?? [];
      return consumers.every((consumer, at) =>
        pids.includes(consumer.program.pid) && consumer.returns > (returns[at] ?? 0) &&
        consumer.isBackOnNew
      );
    }, 2 * BACK_MS);
    if (!status) throw new Error("there is no hub");
    return status;
  }

  /** What is acknowledged now reaches every consumer. */
  async #acknowledged(source: string): Promise<void> {
    const count = this.trial.random.int(1, 50);
    const wire = await Wire.connect(this.place.socket);
    try {
      const events = Array.from({ length: count }, (_, at) => event("t", { source, n: at + 1 }));
      await wire.send(...events, '{"type":"flush","id":1}');
      const { events: routed, matched } = await wire.frame();
      insist(routed === count && matched === count, `${routed} of ${count} routed, ${matched} met`);
    } finally {
      wire.close();
    }
    await eventually(
      "every consumer has what was acknowledged",
      () => this.#consumers.every((consumer) => consumer.has({ source, n: count })),
    );
    this.trial.tally.add("acknowledged events that came", count * CONSUMERS);
  }

  #leftovers(pid: number): void {
    const [hubs, files] = [
      hubsOf(this.place.directory),
      [...Deno.readDirSync(`${this.place.directory}/bus`)].map(({ name }) => name).sort().join(),
    ];
    insist(hubs.join() === `${pid}`, `the hub is ${pid}, and there are ${hubs}`);
    insist(files === "default.lock,default.sock", `beside the hub's files: ${files}`);
  }

  /** Publishes and waits for acknowledgements, on one connection after the other. */
  async #publish(name: string, random: Random): Promise<void> {
    for (let life = 1; !this.#isOver; life++) {
      const wire = await Wire.connect(this.place.socket).catch(() => undefined);
      if (wire) await this.#publishOn(wire, `${name}-${life}`, random);
      wire?.close();
      await pause(20);
    }
  }

  /** Until the hub has gone. */
  async #publishOn(wire: Wire, source: string, random: Random): Promise<void> {
    for (let n = 1; !this.#isOver;) {
      const count = random.oneIn(20) ? 200 : random.int(1, 5);
      const events = Array.from({ length: count }, () => event("t", { source, n: n++ }));
      if (!await wire.send(...events, `{"type":"flush","id":${n}}`)) return;
      const answer = await wire.line().catch(() => undefined);
      if (answer === undefined || !answer.includes("flush_ack")) return;
      await pause(random.int(20, 60));
    }
  }
}
