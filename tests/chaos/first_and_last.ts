/**
 * Who is first and who is last of a key, counted over rounds in which many come, ask, leave and die
 * at once.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import type { Random } from "../campaign/random.ts";
import { Place } from "../e2e/kit.ts";
import { Mortals } from "./stage/mortals.ts";
import type { Mortal } from "./stage/peer_process.ts";
import { firstOf, insist } from "../campaign/questions.ts";

/** One in so many rounds is played by consumers of the program, whom signals end. */
const ROUNDS_OF_A_PROGRAM = 100;

interface Scene {
  readonly mortals: Mortals;
  readonly trial: Trial;
}

export const firstAndLast: Part = {
  name: "first and last",
  rows: [28],
  weight: 6,
  floors: {
    "all asked at once": 40,
    "came and went": 60,
    "some died unasked": 50,
    "set up, or died of it": 60,
    "the program's consumers": 4,
    "played by processes": 5,
    "firsts": 500,
    "lasts": 350,
    "killed between grant and close": 60,
  },
  async run(trial) {
    await using place = await Place.ofUser();
    await place.serve();
    const mortals = new Mortals(place, trial);
    for (let round = 0; trial.goesOn(); round++) {
      const [name, play] = round % ROUNDS_OF_A_PROGRAM === 1
        ? ["the program's consumers", programs] as const
        : trial.random.pick(ROUNDS);
      await mortals.round(name, () => play({ mortals, trial }));
    }
  },
};

const ROUNDS = [
  ["all asked at once", allAskAtOnce],
  ["came and went", comeAndGo],
  ["some died unasked", someDieUnasked],
  ["set up, or died of it", setUp],
] as const;

/** All ask at once: one is last. Those that come while it cleans up wait, and one of them is first. */
async function allAskAtOnce({ mortals, trial }: Scene): Promise<void> {
  const { random, tally } = trial;
  const members = await mortals.members(random.int(2, 20));
  const holder = random.oneIn(2)
    ? await askAll(mortals, members, trial)
    : await askAllButOneFirst(mortals, members, trial);
  const early = members.filter((member) => member !== holder && random.oneIn(2));
  for (const member of early) await leave(member, random);
  const next = await mortals.hellos(random.int(1, 5));
  await mortals.settle();
  if (random.oneIn(2)) {
    tally.add("killed between grant and close");
    await mortals.dieAndFree(holder, next);
  } else {
    await holder.send('{"type":"bye"}');
    mortals.expectOneFirst(await firstOf(next), "that waited");
  }
  // Who asked in vain and is still there makes the key no less cleaned up, nor anybody less the last.
  await askAll(mortals, next, trial);
  tally.add("firsts", 2);
}

/** Whoever comes asks before it goes, so that there are as many firsts as lasts. */
async function comeAndGo({ mortals, trial }: Scene): Promise<void> {
  const { random, tally } = trial;
  let [firsts, lasts] = [0, 0];
  const live = async (random: Random) => {
    for (let lives = random.int(1, 3); lives > 0; lives--) {
      const [member] = await mortals.hellos(1);
      if (!member) return;
      const [first] = await firstOf([member]);
      if (first) firsts++;
      await pause(random.int(0, 3));
      if (await mortals.ask(member)) lasts++;
      await leave(member, random);
    }
  };
  const actors = Array.from({ length: random.int(2, 20) }, () => live(random.fork()));
  await Promise.all(actors);
  insist(firsts === lasts && firsts > 0, `${firsts} were first and ${lasts} last`);
  tally.add("firsts", firsts);
  tally.add("lasts", lasts);
}

/** Who dies unasked keeps nobody from being last; where all do, the next one is first again. */
async function someDieUnasked({ mortals, trial }: Scene): Promise<void> {
  const { random, tally } = trial;
  const members = random.shuffled(await mortals.members(random.int(2, 20)));
  const dying = members.splice(0, random.int(1, random.oneIn(4) ? members.length : 4));
  for (const member of dying) member.close();
  await mortals.untilLeft(members.length);
  if (members.length > 0) {
    const holder = await askAll(mortals, members, trial);
    tally.add("killed between grant and close");
    await mortals.dieAndFree(holder, await mortals.hellos(2));
  } else {
    mortals.expectOneFirst(await firstOf(await mortals.hellos(3)), "that came to an emptied key");
  }
  tally.add("firsts", 2);
}

/** One after the other is first, until one has set the key up; meanwhile all others wait. */
async function setUp({ mortals, trial }: Scene): Promise<void> {
  const { random, tally } = trial;
  const peers = await mortals.hellos(random.int(2, 20), { sets_up: true });
  const waiting = new Map(
    peers.map((peer) => [peer, firstOf([peer]).then(([first]) => ({ peer, first }))]),
  );
  for (let isSetUp = false; waiting.size > 0;) {
    const { peer, first } = await Promise.race(waiting.values());
    waiting.delete(peer);
    insist(first === !isSetUp, `first=${first} of a key that ${isSetUp ? "is" : "is not"} set up`);
    if (isSetUp) continue;
    tally.add("firsts");
    if (random.oneIn(2)) {
      peer.close();
      continue;
    }
    insist(!await mortals.ask(peer), "the cleanup was granted before all was set up");
    await peer.send('{"type":"setup_done"}');
    isSetUp = true;
  }
}

/** Signals end them, and some are killed on the way out: no two are last, and the next is first. */
async function programs({ mortals, trial }: Scene): Promise<void> {
  const { random, tally } = trial;
  const consumers = await Promise.all(
    Array.from(
      { length: random.int(2, 5) },
      () => mortals.place.consume([mortals.key, "--types", "t"]),
    ),
  );
  const firsts = consumers.filter(({ stderr }) => stderr.includes("first=true")).length;
  insist(firsts === 1, `${firsts} of the program's consumers were first`);
  const killed = consumers.filter(() => random.oneIn(3));
  for (const consumer of consumers) consumer.signal("SIGTERM");
  await pause(random.int(0, 20));
  for (const consumer of killed) consumer.kill();
  const ends = await Promise.all(consumers.map((consumer) => consumer.end()));
  const lasts = ends.filter(({ stderr }) => stderr.includes("last=true")).length;
  // One that was killed may have been it, and have had no time to say so.
  const fewest = ends.every(({ stderr }) => /^ended: /m.test(stderr)) ? 1 : 0;
  insist(fewest <= lasts && lasts <= 1, `${lasts} of the program's consumers were last`);
  await mortals.untilLeft(0);
  mortals.expectOneFirst(await firstOf(await mortals.hellos(2)), "that came next");
  tally.add("firsts", 2);
  tally.add("lasts", lasts);
}

/** All ask, each once and at the same time; returns the one that is last. */
async function askAll(
  mortals: Mortals,
  members: readonly Mortal[],
  { tally }: Trial,
): Promise<Mortal> {
  const answers = await Promise.all(members.map((member) => mortals.ask(member)));
  const lasts = members.filter((_, at) => answers[at]);
  const [holder] = lasts;
  insist(
    holder !== undefined && lasts.length === 1,
    `${lasts.length} of ${members.length} are last`,
  );
  tally.add("lasts");
  return holder;
}

/** All but one ask at the same time, in vain; then the one that is left does, and is last. */
async function askAllButOneFirst(
  mortals: Mortals,
  members: readonly Mortal[],
  { random, tally }: Trial,
): Promise<Mortal> {
  const late = random.pick(members);
  const others = members.filter((member) => member !== late);
  const answers = await Promise.all(others.map((member) => mortals.ask(member)));
  insist(!answers.includes(true), "told that it is last while another had not asked");
  insist(await mortals.ask(late), `the last of ${members.length} that asked is not last`);
  tally.add("lasts");
  return late;
}

/** In one of the ways there are. */
async function leave(member: Mortal, random: Random): Promise<void> {
  if (random.oneIn(2)) await member.send('{"type":"bye"}');
  if (random.oneIn(2)) await pause(random.int(0, 3));
  member.close();
}
