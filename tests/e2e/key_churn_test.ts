/**
 * Setup and cleanup of a key whose consumers come and go at random, or are killed.
 */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { Random } from "../campaign/random.ts";
import { churn, killAlone, MOMENTS } from "./key_churn.ts";
import { KeyLog, storyOf, WHOLE } from "./key_log.ts";
import { Place } from "./kit.ts";

Deno.test("setup: a consumer that is killed, in a command or not, leaves the key to the next", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  for (const moment of MOMENTS) await killAlone(place, log, moment);
  const { kills, killedAtWork, setups, cleanups } = await log.whole();
  assertEquals([kills, killedAtWork], [3, 2]);
  // Those that were killed set up twice and began one cleanup, those after them did three of each.
  assertEquals([setups, cleanups], [5, 4]);
});

Deno.test("setup: the notes of commands show each kind of fault", () => {
  const faultsOf = (...lines: string[]) =>
    storyOf(lines.map((line) => `${line} 0\n`).join("")).faults;
  const life = (pid: number) => WHOLE.map((note) => `${note} ${pid}`);
  assertEquals(faultsOf(...life(2), ...life(3)), []);
  assertEquals(faultsOf(...life(2), "cleanup begins 2"), ["line 5: it was not set up"]);
  assertEquals(faultsOf(...life(2).slice(0, 2), "setup begins 3"), [
    "line 3: it was set up already",
  ]);
  assertEquals(faultsOf("setup begins 2", "setup begins 3"), ["line 2: a setup overlaps"]);
  assertEquals(faultsOf(...life(2).slice(0, 3), "setup begins 3"), ["line 4: a setup overlaps"]);
  assertEquals(faultsOf("setup begins 2", "setup terminated 2", ...life(3)), []);
  const killed = storyOf("setup begins 2 0\nkill - 2 0\nsetup begins 3 0\nsetup ends 2 0\n");
  assertEquals([killed.faults, killed.overlaps, killed.killedAtWork], [[], 1, 1]);
});

/** Rounds of four seconds in which enough must happen. */
const MOST_ROUNDS = 8;

for (const kills of [false, true]) {
  const name = kills ? ", some of them killed" : "";
  Deno.test(`setup: 30 consumers come and go at random${name}: setups and cleanups alternate`, async () => {
    await using place = await Place.withHub();
    const random = new Random(kills ? 2 : 1);
    let [cleanups, killed] = [0, 0];
    const isEnough = () => cleanups >= 3 && (!kills || killed >= 2);
    // A slow machine needs longer for as much.
    for (let round = 0; round < MOST_ROUNDS && !isEnough(); round++) {
      const story = await churn(place, { random, milliseconds: 4_000, kills });
      const left = story.setups - story.cleanups;
      if (kills) assertLessOrEqual(left, story.kills, JSON.stringify(story));
      else assertEquals(left, 0, JSON.stringify(story));
      cleanups += story.cleanups;
      killed += story.kills;
    }
    assert(isEnough(), `${cleanups} cleanups, ${killed} killed`);
  });
}
