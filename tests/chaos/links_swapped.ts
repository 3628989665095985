/**
 * Links to what is precious are put in the place of a hub's directory, socket, lock and log, and taken
 * away again, while hubs start: nothing precious is touched.
 *
 * @module
 */

import { pathHash } from "../../lib/platform/paths.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { isBoundByModes, Place, PROGRAM } from "../e2e/kit.ts";
import { canRunAs, INTRUDER, isRoot, USER } from "../e2e/users.ts";
import { eventually } from "../e2e/waiting.ts";
import { traits } from "./stage/changed_directory.ts";
import { LinkSwapper, type Target } from "./stage/link_swapper.ts";
import { insist } from "../campaign/questions.ts";

/** Places in which that is done side by side. */
const AT_ONCE = 2;

/** Hubs that are started in one of them. */
const STARTS = 3;

/** What a link lies in the place of, and who has put it there. */
interface Scene {
  readonly what: string;
  readonly isIntruder: boolean;
  /** File names; `.` is the one that the socket is bound under first. */
  readonly names: readonly string[];
}

const FILES = [
  { what: "the socket", names: ["x.sock", "."] },
  { what: "the lock", names: ["x.sock.lock"] },
  { what: "the log", names: ["hub.log"] },
];

/** The directory itself can be replaced by nobody but the user, who has better ways. */
const SCENES: readonly Scene[] = [
  ...FILES.map((files) => ({ ...files, isIntruder: true })),
  { what: "the directory", names: ["bus"], isIntruder: true },
  ...FILES.map((files) => ({ ...files, isIntruder: false })),
];

export const linksSwapped: Part = {
  name: "links swapped",
  rows: [31],
  weight: 4,
  floors: { "starts": 60, "links": 10_000 },
  async run(trial) {
    if (!isBoundByModes) return trial.skip("the program cannot be run as another user than root");
    const hasIntruder = canRunAs(INTRUDER, PROGRAM);
    if (!hasIntruder) trial.note("only by", "the same user: others can be played by root alone");
    const scenes = trial.random.shuffled(
      SCENES.filter(({ isIntruder }) => hasIntruder || !isIntruder),
    );
    let next = 0;
    const lane = async () => {
      do {
        const scene = scenes[next++ % scenes.length];
        if (scene) await startAmongLinks(trial, scene);
      } while (trial.goesOn());
    };
    for (const round of await Promise.allSettled(Array.from({ length: AT_ONCE }, lane))) {
      if (round.status === "rejected") throw round.reason;
    }
  },
};

async function startAmongLinks({ tally }: Trial, scene: Scene): Promise<void> {
  const { what, names, isIntruder } = scene;

  await using place = await Place.ofUser();
  const shared = `${place.directory}/shared`;
  await Deno.mkdir(shared);
  await giveToUser(shared);
  await Deno.chmod(shared, isIntruder ? 0o1777 : 0o700);
  if (isIntruder) await Deno.chmod(place.directory, 0o711);
  const victims = await precious(place);
  const look = () => JSON.stringify(looks(victims, isIntruder));
  const before = look();

  const targets: Target[] = names.map((name) => ({
    victim: what === "the directory" ? victims.directory : victims.file,
    path: `${shared}/${name === "." ? `.${pathHash(`${shared}/x.sock`)}` : name}`,
  }));
  const swapper = isIntruder
    ? LinkSwapper.anotherUser(place, INTRUDER, targets)
    : LinkSwapper.sameUser(place, targets);
  for (let start = 0; start < STARTS; start++) {
    const how = what === "the directory"
      ? { args: [], env: { BUS_SOCKET: "", XDG_RUNTIME_DIR: shared } }
      : { args: ["--socket", `${shared}/x.sock`, "--log", `${shared}/hub.log`], env: {} };
    const hub = place.start(["serve", ...how.args], { env: how.env });
    const listens = () => hub.stderr.includes("listening on ");
    await eventually("a hub listens or is refused", () => hub.hasEnded || listens());
    tally.add(listens() ? "hubs that listened" : "hubs that were refused");
    if (!hub.hasEnded) hub.signal("SIGTERM");
    const { code, stderr } = await hub.end();
    insist(code === 0 || /^error: [^\n]+\n$/.test(stderr), `a hub among links: ${code}, ${stderr}`);
    const after = look();
    const whose = isIntruder ? "another user's" : "the user's own";
    insist(after === before, `what ${whose} links led to was touched: ${before}, then ${after}`);
    tally.add("starts");
    tally.add(`starts with ${whose} link in the place of ${what}`);
    // What the hub has made itself another user cannot replace.
    for (const name of ["bus", "hub.log", "x.sock.lock"]) {
      await Deno.remove(`${shared}/${name}`, { recursive: true }).catch(() => {});
    }
  }
  tally.add("links", await swapper.end());
}

interface Victims {
  readonly file: string;
  readonly directory: string;
}

/** A file and a directory of the user's that nobody has to do with. */
async function precious({ directory }: Place): Promise<Victims> {
  const victims = { file: `${directory}/precious`, directory: `${directory}/precious.d` };
  await Deno.writeTextFile(victims.file, "precious", { mode: 0o640 });
  await Deno.mkdir(victims.directory, { mode: 0o700 });
  for (const path of Object.values(victims)) {
    await giveToUser(path);
    await Deno.utime(path, new Date(1_000_000_000_000), new Date(1_000_000_000_000));
  }
  return victims;
}

/**
 * All that must not change of them.
 *
 * @param withMode also the mode: a user who replaces files of his own under a program can get that
 * one changed, which he could have changed himself
 */
function looks({ file, directory }: Victims, withMode: boolean): unknown {
  const { mode, ...rest } = traits(file) ?? {};
  return [
    rest,
    withMode ? mode : undefined,
    Deno.readTextFileSync(file),
    traits(directory),
    [...Deno.readDirSync(directory)].map(({ name }) => name),
  ];
}

async function giveToUser(path: string): Promise<void> {
  if (isRoot) await Deno.chown(path, USER, USER);
}
