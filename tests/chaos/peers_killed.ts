/**
 * Consumers and publishers die without a word, in the middle of one: connections that end within a
 * frame, and processes that are killed.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import type { Random } from "../campaign/random.ts";
import { Watcher } from "../campaign/watcher.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { Mortals } from "./stage/mortals.ts";
import { descriptorsOf } from "./stage/processes.ts";
import { check, event, firstOf, insist } from "../campaign/questions.ts";
import { Witness, WITNESSED } from "./stage/witness.ts";

/** Rounds between two looks whether anybody else has noticed. */
const ROUNDS_OF_A_LOOK = 20;

/** A way to die, how often it is chosen, and what must come of it. */
type Death = readonly [weight: number, name: string, die: (scene: Scene) => Promise<void>];

interface Scene {
  readonly mortals: Mortals;
  readonly trial: Trial;
  readonly witness: Witness;
  /** What the hub has open between two rounds. */
  readonly descriptors: number;
}

export const peersKilled: Part = {
  name: "peers killed",
  rows: [10],
  weight: 5,
  floors: {
    "within an event": 250,
    "within a hello": 80,
    "with the cleanup granted": 160,
    "while it set up": 80,
    "asked and refused": 80,
    "within its check": 45,
    "while it waited": 80,
    "with events on the way": 30,
    "bus publish, killed": 6,
    "bus consume, killed": 6,
    "played by processes": 15,
  },
  async run(trial) {
    await using place = await Place.ofUser();
    await place.serve();
    const mortals = new Mortals(place, trial);
    using witness = await Witness.on(place.socket);
    using watcher = await Watcher.on(place.socket);
    await witness.seesNothingMore();
    await watcher.look();
    const scene = { mortals, trial, witness, descriptors: descriptorsOf(place.hub.pid) };
    for (let round = 0; trial.goesOn(); round++) {
      const [, name, die] = nextDeath(trial.random, round);
      await mortals.round(name, () => die(scene));
      if (round % ROUNDS_OF_A_LOOK === 0) await watcher.look();
    }
    trial.note("a reservation is free", mortals.freed.text);
  },
};

const DEATHS: readonly Death[] = [
  [300, "within an event", withinAnEvent],
  [100, "within a hello", withinAHello],
  [200, "with the cleanup granted", withTheCleanup],
  [100, "while it set up", whileItSetUp],
  [100, "asked and refused", askedAndRefused],
  [60, "within its check", withinItsCheck],
  [100, "while it waited", whileItWaited],
  [40, "with events on the way", withEventsOnTheWay],
];

/** Deaths of the program's own commands, which take a while to start: one in so many rounds. */
const PROGRAM_DEATHS: readonly Death[] = [
  [1, "bus publish, killed", publishKilled],
  [1, "bus consume, killed", consumeKilled],
];
const ROUNDS_OF_A_PROGRAM = 50;

/** Chance alone could leave those out that are rare. */
function nextDeath(random: Random, round: number): Death {
  const program = PROGRAM_DEATHS[round / ROUNDS_OF_A_PROGRAM % PROGRAM_DEATHS.length];
  return program ?? random.weighted(DEATHS.map((death) => [death[0], death]));
}

/** Events before the cut stand, what was cut is none, and who comes next is not mixed up with it. */
async function withinAnEvent({ mortals, trial: { random }, witness }: Scene): Promise<void> {
  const frame = (n: number) => {
    const pad = "é".repeat(random.oneIn(20) ? random.int(0, 400_000) : random.int(0, 300));
    return event(WITNESSED, { source: mortals.key, n, pad });
  };
  const whole = Array.from({ length: random.int(0, 5) }, (_, at) => frame(at));
  const publisher = await mortals.peer();
  // Whoever leaves answers unread resets its connection.
  if (random.oneIn(3)) await publisher.send('{"type":"flush","id":1}');
  const pieces = [...whole.map((line) => `${line}\n`), mortals.cut(frame(whole.length))];
  if (random.oneIn(2)) await publisher.write(joined(pieces));
  else for (const piece of pieces) await publisher.write(piece);
  publisher.close();
  for (const line of whole) await witness.sees(line);
  await witness.seesNothingMore();
}

/** It was never there. */
async function withinAHello({ mortals }: Scene): Promise<void> {
  const peer = await mortals.peer();
  await peer.write(
    mortals.cut(`{"type":"hello","event_key":"${mortals.key}","event_types":["t"]}`),
  );
  peer.close();
  await mortals.members(2);
}

/** Its reservation is free at once, and one of those that wait is first. */
async function withTheCleanup({ mortals, trial: { random } }: Scene): Promise<void> {
  const [holder, ...others] = await mortals.members(random.int(1, 3));
  if (!holder) return;
  for (const other of others) {
    insist(!await mortals.ask(other), "told that it is last while another had not asked");
    if (random.oneIn(2)) other.close();
  }
  insist(await mortals.ask(holder), "the last one that asked is not last");
  const waiting = await mortals.hellos(random.int(1, 4));
  if (random.oneIn(2)) await mortals.settle();
  if (random.oneIn(2)) await holder.write(mortals.cut('{"type":"bye"}'));
  await mortals.dieAndFree(holder, waiting);
}

/** The next one is first, so that nobody sits on a key that was never set up. */
async function whileItSetUp({ mortals, trial: { random } }: Scene): Promise<void> {
  const [holder] = await mortals.members(1, { sets_up: true });
  if (!holder) return;
  const waiting = await mortals.hellos(random.int(1, 4));
  await mortals.settle();
  if (random.oneIn(2)) await holder.write(mortals.cut('{"type":"setup_done"}'));
  await mortals.dieAndFree(holder, waiting);
}

/** Who asked and died keeps nobody from being last. */
async function askedAndRefused({ mortals, trial: { random } }: Scene): Promise<void> {
  const members = random.shuffled(await mortals.members(random.int(2, 6)));
  const dying = members.splice(0, random.int(1, members.length - 1));
  for (const member of dying) {
    if (random.oneIn(2)) await member.send(check(mortals.key));
    else insist(!await mortals.ask(member), "told that it is last while others had not asked");
    member.close();
  }
  // Or the last to ask would be one of the dead.
  await mortals.untilLeft(members.length);
  const answers: boolean[] = [];
  for (const member of members) answers.push(await mortals.ask(member));
  insist(answers.filter((last) => last).length === 1, `of those left the answers were ${answers}`);
}

/** It has not asked: the key emptied, and the next hello is first. */
async function withinItsCheck({ mortals }: Scene): Promise<void> {
  const [member] = await mortals.members(1);
  await member?.write(mortals.cut(check(mortals.key)));
  member?.close();
  await mortals.untilLeft(0);
  await mortals.members(2);
}

/** It leaves nothing behind: the others are served when the holder leaves. */
async function whileItWaited({ mortals, trial: { random } }: Scene): Promise<void> {
  const [holder] = await mortals.members(1);
  if (!holder) return;
  insist(await mortals.ask(holder), "a sole consumer is not last");
  const waiting = await mortals.hellos(random.int(2, 4));
  const [dying] = waiting.splice(random.int(0, waiting.length - 1), 1);
  if (random.oneIn(2)) await dying?.write(mortals.cut(check(mortals.key)));
  dying?.close();
  await mortals.settle();
  insist(await mortals.registered() === 1, "one that waited was registered");
  await holder.send('{"type":"bye"}');
  mortals.expectOneFirst(await firstOf(waiting), "that waited");
}

/** Who goes on reading beside it misses nothing. */
async function withEventsOnTheWay({ mortals, trial: { random } }: Scene): Promise<void> {
  const [dying, reading] = await mortals.members(2);
  const publisher = await mortals.peer();
  const events = Array.from(
    { length: random.int(2, 40) },
    (_, n) => event(mortals.key, { n, pad: "x".repeat(random.int(0, 5_000)) }),
  );
  const half = events.splice(0, random.int(1, events.length - 1));
  await publisher.send(...half);
  dying?.close();
  await publisher.send(...events);
  for (const [at, frame] of [...half, ...events].entries()) {
    const line = await reading?.line();
    insist(line === `${frame.slice(0, -1)},"seq":${at + 1}}`, `another consumer got ${line}`);
  }
}

/** Of its events a part has arrived, from the first on, each whole. */
async function publishKilled(
  { mortals, trial: { random }, witness, descriptors }: Scene,
): Promise<void> {
  const publisher = mortals.place.start(["publish", WITNESSED, "--ndjson"], { stdin: "open" });
  const lines = Array.from({ length: 2_000 }, (_, n) => JSON.stringify({ n, of: mortals.key }));
  const written = publisher.write(lines.map((line) => `${line}\n`).join("")).catch(() => {});
  await pause(random.int(0, 300));
  publisher.signal("SIGKILL");
  await written;
  await publisher.end();
  // What the system has of it is still being read.
  const { pid } = mortals.place.hub;
  await eventually("the hub has let go of it", () => descriptorsOf(pid) <= descriptors);
  const payloads = (await witness.rest()).map((payload) => JSON.stringify(payload));
  const expected = lines.slice(0, payloads.length);
  insist(payloads.join() === expected.join(), "the events of a killed publisher have a gap");
}

/** It is gone at once, and the next is first. */
async function consumeKilled({ mortals, trial: { random } }: Scene): Promise<void> {
  const consumer = await mortals.place.consume([mortals.key, "--types", "t"]);
  insist(consumer.stderr.includes("first=true"), "not first of a new key");
  await pause(random.int(0, 5));
  consumer.signal("SIGKILL");
  await consumer.end();
  await mortals.untilLeft(0);
  await mortals.members(2);
}

function joined(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = pieces.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece
  );
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of bytes) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
