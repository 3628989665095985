/**
 * The runtime directory is changed under the hub, by anything that somebody may do to it, in any
 * order: the hub says what is lost, goes on for those who are connected, and touches nothing that it
 * did not make.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Watcher } from "../campaign/watcher.ts";
import { isBoundByModes, Place } from "../e2e/kit.ts";
import { isRoot, USER } from "../e2e/users.ts";
import { eventually } from "../e2e/waiting.ts";
import { ChangedDirectory, traits } from "./stage/changed_directory.ts";
import { askStatus, insist } from "../campaign/questions.ts";

/** Milliseconds in which a hub says that something was taken from it. */
const NOTICED_MS = 5_000;

/** Hubs whose directories are changed side by side: most of it is waiting. */
const AT_ONCE = 8;

export const directoryChanged: Part = {
  name: "directory changed",
  rows: [15],
  weight: 6,
  floors: {
    "changes": 30,
    "hubs that said what was lost": 16,
    "second starters refused": 10,
    "ends that left alone what was not the hub's": 8,
  },
  async run(trial) {
    if (!isBoundByModes) return trial.skip("the program cannot be run as another user than root");
    do {
      const rounds = Array.from({ length: AT_ONCE }, () => changeAndEnd(trial));
      for (const round of await Promise.allSettled(rounds)) {
        if (round.status === "rejected") throw round.reason;
      }
    } while (trial.left > NOTICED_MS || !trial.tally.isEnough() && trial.goesOn());
  },
};

async function changeAndEnd({ random: common, tally }: Trial): Promise<void> {
  const random = common.fork();
  await using place = await Place.ofUser();
  const path = `${place.directory}/run`;
  await Deno.mkdir(path, { mode: 0o700 });
  if (isRoot) await Deno.chown(path, USER, USER);
  const hub = place.start(["serve", "--socket", `${path}/x.sock`]);
  await hub.says(/^listening on /);
  using directory = new ChangedDirectory(path, random);
  using watcher = await Watcher.on(directory.socket);

  const changes: string[] = [];
  for (let left = random.int(1, 4); left > 0; left--) {
    changes.push(directory.change());
    tally.add(changes.at(-1) ?? "");
    await watcher.look();
    await pause(random.int(0, 300));
  }
  tally.add("changes", changes.length);
  const where = `after ${changes.join(", ")}`;

  // What it says last of each is how it is.
  await eventually(`the hub says what is so ${where}`, () => {
    return FILES.every((what) => isSaidToBeLost(hub.stderr, what) === isLost(directory, what));
  }, NOTICED_MS);
  if (directory.way !== undefined) await expectWarnings(directory, where);
  tally.add("hubs that said what was lost");

  const successor = await startAnother(place, directory, where);
  if (successor === undefined) tally.add("second starters refused");
  else tally.add("second starters that took a place left to them");
  await watcher.look();

  const [wasOwn, before] = [directory.hasSocket, [
    traits(directory.socket),
    traits(directory.lock),
  ]];
  hub.signal("SIGTERM");
  const { code, stderr } = await hub.end();
  insist(code === 0, `the hub ended with ${code} ${where}: ${stderr}`);
  const after = [traits(directory.socket), traits(directory.lock)];
  const expected = wasOwn && !directory.isReadOnly ? [undefined, before[1]] : before;
  insist(
    JSON.stringify(after) === JSON.stringify(expected),
    `the hub has left ${JSON.stringify(after)} of ${JSON.stringify(before)} ${where}`,
  );
  if (!wasOwn) tally.add("ends that left alone what was not the hub's");
  successor?.signal("SIGTERM");
  insist(successor === undefined || (await successor.end()).code === 0, `the successor ${where}`);
}

/** What a hub is found by, and needs. */
const FILES = ["lock", "socket", "directory"] as const;

/** How it is. */
function isLost(directory: ChangedDirectory, what: typeof FILES[number]): boolean {
  if (what === "directory") return directory.isReadOnly;
  return what === "lock" ? !directory.hasLock : !directory.hasSocket;
}

/** How it is by what the hub has said last of it. */
function isSaidToBeLost(said: string, what: string): boolean {
  const lines = said.split("\n").filter((line) => line.includes(`Z the ${what} `));
  return / (was removed or replaced|cannot be written to): /.test(lines.at(-1) ?? "");
}

/** The status warns of what is lost, and of nothing else. */
async function expectWarnings(directory: ChangedDirectory, where: string): Promise<void> {
  const { warnings = [] } = await askStatus(directory.way ?? "");
  for (const what of FILES) {
    const warns = warnings.some((warning) => warning.startsWith(`the ${what} `));
    insist(
      warns === isLost(directory, what),
      `${where} the status warns of: ${JSON.stringify(warnings)}`,
    );
  }
}

/**
 * Starts another hub in the same place. It is refused in a line, unless nothing of the first one is
 * there: that one has said so.
 */
async function startAnother(place: Place, directory: ChangedDirectory, where: string) {
  const { hasLock, hasSocket } = directory;
  const starter = place.start(["serve", "--socket", directory.socket]);
  await eventually(
    "another hub is refused or listens",
    () => starter.hasEnded || starter.stderr.includes("listening on "),
  );
  if (!starter.hasEnded) {
    insist(!hasLock && !hasSocket, `a second hub started ${where}`);
    return starter;
  }
  const { code, stderr } = await starter.end();
  insist(code === 1 && /^error: [^\n]+\n$/.test(stderr), `a starter ${where}: ${code}, ${stderr}`);
  return undefined;
}
