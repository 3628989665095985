/**
 * Hubs start under any mask, while somebody looks at the modes of what they make all the time.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { isBoundByModes, Place } from "../e2e/kit.ts";
import { insist } from "../campaign/questions.ts";
import { isDirectory, isSocket, ModeWatch, tooWide } from "../e2e/mode_watch.ts";

/** Masks of those who start hubs. */
const MASKS = ["000", "777", "022", "277"];

export const modes: Part = {
  name: "modes",
  rows: [29],
  weight: 3,
  floors: {
    "hubs started": 10,
    "looks at a socket": 5_000,
    "looks at a directory": 20_000,
    "looks at another file": 5_000,
  },
  async run(trial) {
    if (!isBoundByModes) return trial.skip("the program cannot be run as another user than root");
    do await startUnderMask(trial); while (trial.goesOn());
  },
};

async function startUnderMask({ random, tally }: Trial): Promise<void> {
  const mask = random.pick(MASKS);
  await using place = await Place.ofUser({ hubsHaveNames: true });
  const logs = `${place.directory}/state/bus`;
  const watch = ModeWatch.on(place, `${place.directory}/bus`, logs);
  // Started by need, so that all its directories are made by the program itself.
  const publish = () => place.shell(`umask ${mask}; exec bus publish t 1`);
  for (let times = 2; times > 0; times--) {
    const { code, stderr } = await publish();
    insist(code === 0, `no hub under the mask ${mask}: ${stderr}`);
    await place.stop();
    tally.add("hubs started");
  }
  const sightings = await watch.end();
  const wide = tooWide(sightings);
  insist(wide.length === 0, `under the mask ${mask}: ${wide.join(", ")}`);
  for (const seen of sightings) {
    const what = isSocket(seen) ? "a socket" : isDirectory(seen) ? "a directory" : "another file";
    tally.add(`looks at ${what}`, seen.times);
  }
}
