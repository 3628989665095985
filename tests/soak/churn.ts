/**
 * Consumers come and go without end. Half of them die at some byte of what they say.
 *
 * @module
 */

import type { Part } from "../campaign/campaign.ts";
import { startChurn } from "../campaign/load/starts.ts";
import { descriptorsOf, Vitals } from "../campaign/vitals.ts";
import { Watcher } from "../campaign/watcher.ts";
import { askStatus, hello, insist } from "../campaign/questions.ts";
import { Place } from "../e2e/kit.ts";
import { eventually } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { isSteady } from "./steady.ts";

const ABREAST = 20;

/** As many as come and go until it is looked at the time. */
const LOT = 1_000;

/** As many come and go before the memory counts: so long a program warms up. */
const WARM_UP = 5_000;

/** Keys that the churn has, and that must be free when it is over. */
const KEYS = 16;

export const churn: Part = {
  name: "churn",
  rows: [4],
  weight: 20,
  floors: {
    "left": 30_000,
    "died within their hello": 25_000,
    "died after it": 6_000,
    "looks of the watcher": 500,
  },
  async run(trial) {
    await using place = await Place.withHub();
    const { hub } = place;
    using watcher = await Watcher.on(place.socket);
    await watcher.look();
    const load = await startChurn(place, { abreast: ABREAST, seed: trial.random.int(0, 1e9) });
    const descriptors = descriptorsOf(hub);

    const endLooking = watcher.keepLooking(20);
    const comeAndGo = async (times: number) => {
      const report = await load.does({ times }, 60_000);
      insist(report.wrong.length === 0, `some went otherwise: ${report.wrong}`);
      return report;
    };
    await comeAndGo(WARM_UP);
    const vitals = new Vitals(hub);
    let report = await comeAndGo(LOT);
    while (!trial.isOver) report = await comeAndGo(LOT);
    const steadiness = vitals.end();
    await endLooking();

    trial.tally.add("left", report.left);
    trial.tally.add("died within their hello", report.diedWithin);
    trial.tally.add("died after it", report.diedAfter);
    trial.tally.add("looks of the watcher", watcher.got);
    await eventually(
      `the hub has ${descriptors} descriptors again`,
      () => descriptorsOf(hub) <= descriptors,
    );
    await isEmpty(place);
    isSteady(trial, steadiness, ["memory"]);
  },
};

/** Nothing is left of anybody: who comes now with one of their keys is first. */
async function isEmpty(place: Place): Promise<void> {
  await eventually("all are forgotten but the watcher", async () => {
    const { active_conns, buffered_bytes } = await askStatus(place.socket);
    return active_conns === 1 && buffered_bytes === 0;
  });
  for (let key = 1; key <= KEYS; key++) {
    const wire = await Wire.connect(place.socket);
    try {
      await wire.send(hello(`k${key}`, ["a"]));
      const { first_for_key } = await wire.frame();
      insist(first_for_key === true, `the key k${key} is still somebody's`);
    } finally {
      wire.close();
    }
  }
}
