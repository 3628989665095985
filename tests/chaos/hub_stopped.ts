/**
 * The hub is stopped like a machine that sleeps, longer than any of its deadlines, and goes on: nobody
 * is held to the time that it slept through.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { within } from "../e2e/waiting.ts";
import type { Wire } from "../e2e/wire.ts";
import { askStatus, check, event, firstOf, hello, insist } from "../campaign/questions.ts";

const CONSUMERS = 50;
const HALF_SAID = 10;
const WAITING = 5;
/** Consumers for whom more waits than the system takes, so that a write to each is under way. */
const STUCK = 5;
const STUCK_EVENTS = 300;

/** Milliseconds of sleep: more than the 5 s of a write and of a first frame. */
const SHORTEST_SLEEP = 6_000;
const LONGEST_SLEEP = 10_000;

/** Milliseconds after which whoever is late was forgotten. */
const SOON_MS = 3_000;

export const hubStopped: Part = {
  name: "hub stopped",
  rows: [11],
  weight: 8,
  floors: {
    "sleeps": 1,
    "consumers that slept through it": CONSUMERS,
    "half-said hellos answered": HALF_SAID,
    "waiting hellos answered": WAITING,
    "stuck consumers that lost nothing": STUCK,
    "events published into the sleep": 10,
  },
  async run(trial) {
    do await sleepOnce(trial); while (trial.left > LONGEST_SLEEP);
  },
};

async function sleepOnce(trial: Trial): Promise<void> {
  const { random, tally } = trial;
  await using place = await Place.ofUser();
  await place.serve();
  const consumers = await subscribe(place, CONSUMERS - STUCK, "t");
  const stuck = await subscribe(place, STUCK, "stuck");
  const [holder, waiting] = await holdKey(place);
  const publisher = await place.wire();
  const large = Array.from(
    { length: STUCK_EVENTS },
    (_, n) => event("stuck", { n, pad: "x".repeat(4_000) }),
  );
  await publisher.send(...large, '{"type":"flush","id":1}');
  await publisher.frame();
  const hellos = await halfHellos(place, trial);

  const asleep = sleep(trial, place);
  const early = random.int(0, HALF_SAID);
  for (const { wire, rest } of hellos.slice(0, early)) {
    await pause(random.int(0, 300));
    await wire.write(rest);
  }
  const events = Array.from({ length: random.int(10, 200) }, (_, n) => event("t", { n }));
  await publisher.send(...events, '{"type":"flush","id":2}');
  await asleep;

  const { id, events: routed } = await publisher.frame(SOON_MS);
  insist(id === 2 && routed === events.length, `${routed} of ${events.length} events are routed`);
  await pause(random.int(0, 1_000));
  for (const { wire, rest } of hellos.slice(early)) await wire.write(rest);
  await within(
    "all hellos are answered",
    firstOf(hellos.map(({ wire }) => wire)),
    SOON_MS,
  );
  await Promise.all(consumers.map((wire) => expectEvents(wire, events)));
  await Promise.all(stuck.map((wire) => expectEvents(wire, large)));
  const status = await askStatus(place.socket);
  insist(
    status.closed.length === 0 && status.closing === 0,
    `consumers were closed: ${JSON.stringify(status.closed)}`,
  );
  insist(
    status.active_conns === CONSUMERS + HALF_SAID + 1,
    `${status.active_conns} are registered`,
  );
  holder.close();
  const firsts = await within("all that waited are answered", firstOf(waiting), SOON_MS);
  insist(firsts.filter((first) => first).length === 1, `of those that waited first: ${firsts}`);
  for (const wire of [...consumers, ...stuck]) await wire.send('{"type":"bye"}');
  for (const wire of [...consumers, ...stuck]) await wire.closed();

  tally.add("sleeps");
  tally.add("consumers that slept through it", CONSUMERS);
  tally.add("half-said hellos answered", HALF_SAID);
  tally.add("waiting hellos answered", WAITING);
  tally.add("stuck consumers that lost nothing", STUCK);
  tally.add("events published into the sleep", events.length);
}

/** Stops the hub and lets it go on; in between it may wake for a moment, as machines do. */
async function sleep(trial: Trial, { hub }: Place): Promise<void> {
  const { random, tally } = trial;
  const time = Math.max(SHORTEST_SLEEP, Math.min(LONGEST_SLEEP, trial.left - 1_500));
  const naps = random.int(0, 2);
  await hub.freeze();
  for (let nap = 0; nap < naps; nap++) {
    await pause(time / (naps + 1));
    hub.thaw();
    tally.add("moments awake in between");
    await pause(random.int(0, 200));
    await hub.freeze();
  }
  await pause(time / (naps + 1));
  hub.thaw();
  trial.note("asleep", `${(time / 1000).toFixed(1)} s`);
}

async function subscribe(place: Place, count: number, type: string): Promise<Wire[]> {
  const wires = await Promise.all(Array.from({ length: count }, () => place.wire()));
  for (const [at, wire] of wires.entries()) await wire.send(hello(`${type}-${at}`, [type]));
  await firstOf(wires);
  return wires;
}

/** One that cleans a key up, and those that wait for it. */
async function holdKey(place: Place): Promise<[holder: Wire, waiting: Wire[]]> {
  const holder = await place.wire();
  await holder.send(hello("held", ["held"]), check("held"));
  await holder.frame();
  insist((await holder.frame()).last_for_key === true, "a sole consumer is not last");
  const waiting = await Promise.all(Array.from({ length: WAITING }, () => place.wire()));
  for (const wire of waiting) await wire.send(hello("held", ["held"]));
  return [holder, waiting];
}

/** Hellos that have been said up to some byte, and what is left of each. */
async function halfHellos(place: Place, { random }: Trial) {
  const hellos: { wire: Wire; rest: string }[] = [];
  for (let number = 0; number < HALF_SAID; number++) {
    const text = `${hello(`half-${number}`, ["half"])}\n`;
    const at = random.int(0, text.length - 1);
    const wire = await place.wire();
    await wire.write(text.slice(0, at));
    hellos.push({ wire, rest: text.slice(at) });
  }
  return hellos;
}

async function expectEvents(wire: Wire, events: readonly string[]): Promise<void> {
  for (const [at, frame] of events.entries()) {
    const line = await wire.line(SOON_MS);
    insist(
      line === `${frame.slice(0, -1)},"seq":${at + 1}}`,
      `not event ${at + 1}, but ${line.slice(0, 200)}`,
    );
  }
}
