/**
 * Many at once where no hub is: one of them starts it, and all are served by that one.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import type { Running } from "../e2e/running.ts";
import { eventually } from "../e2e/waiting.ts";
import { consumeOnce, pathsOf, publishOnce } from "./stage/library_peers.ts";
import { hubsOf } from "./stage/processes.ts";
import { askStatus, insist } from "../campaign/questions.ts";
import { Spread } from "../campaign/spread.ts";

const STARTERS = 50;

/** Of them, processes: more would measure how fast the machine starts programs. */
const PROCESSES = 4;

/** Of those who say `bus serve` at once, where the others start a hub by need. */
const SERVERS = 6;

/** Milliseconds in which each is served. */
const SERVED_MS = 3_000;

/** Milliseconds that a round of nothing but processes takes, beside what else is done. */
const CROWD_MS = 40_000;

export const starters: Part = {
  name: "starters",
  rows: [16],
  weight: 4,
  floors: { "rounds": 12, "served": 12 * STARTERS, "refused to serve beside a hub": 50 },
  async run(trial) {
    await using place = await Place.empty();
    const served = new Spread();
    if (trial.left > CROWD_MS) await crowd(trial);
    do {
      await startAtOnce(place, served, trial);
      trial.tally.add("rounds");
      trial.tally.add("served", STARTERS);
      await serveAtOnce(place, trial);
    } while (trial.goesOn());
    trial.note(`${STARTERS} at once served`, served.text);
  },
};

async function startAtOnce(place: Place, served: Spread, { tally }: Trial): Promise<void> {
  const paths = pathsOf(place);
  const listened = () => listenings(paths.log) + listenings(logOf(place));
  const before = listened();
  const start = performance.now();
  const processes = Array.from({ length: PROCESSES }, () => place.run(["publish", "t", "1"]));
  const peers = Array.from({ length: STARTERS - PROCESSES }, async (_, at) => {
    if (at % 2 === 0) await publishOnce(paths);
    else await consumeOnce(paths, `key-${at}`);
    const took = performance.now() - start;
    served.add(took);
    insist(took <= SERVED_MS, `one of ${STARTERS} was served only after ${took.toFixed()} ms`);
  });
  for (const peer of await Promise.allSettled(peers)) {
    if (peer.status === "rejected") throw peer.reason;
  }
  for (const { code, stderr } of await Promise.all(processes)) insist(code === 0, stderr);
  const { pid } = await askStatus(place.socket);
  // Who has lost against it ends by itself.
  await eventually("one hub is left", () => hubsOf(place.directory).join() === `${pid}`);
  await stop(place);
  const hubs = listened() - before;
  insist(hubs === 1, `${hubs} hubs listened`);
  tally.add("hubs", hubs);
}

/** Nobody takes turns there: the lock alone decides. */
async function serveAtOnce(place: Place, { tally }: Trial): Promise<void> {
  const servers = Array.from({ length: SERVERS }, () => place.start(["serve"]));
  const listens = (server: Running) => server.stderr.includes("listening on ");
  await eventually(
    "all but one have ended",
    () => servers.filter(({ hasEnded }) => !hasEnded).length <= 1 && servers.some(listens),
  );
  const { pid } = await askStatus(place.socket);
  for (const server of servers) {
    if (server.pid === pid) continue;
    const { code, stderr } = await server.end();
    insist(
      code === 1 && /^error: another hub is running on [^\n]+\n$/.test(stderr),
      `one of ${SERVERS} that are to serve: ${code}, ${stderr}`,
    );
  }
  insist(servers.filter(listens).length === 1, "more than one hub listened");
  await stop(place);
  tally.add("refused to serve beside a hub", SERVERS - 1);
}

/**
 * All of them processes, who come as fast as the machine starts programs: so it is compared with how
 * long the same takes where a hub is.
 */
async function crowd(trial: Trial): Promise<void> {
  await using place = await Place.empty();
  const publishAll = async () => {
    const start = performance.now();
    const processes = Array.from({ length: STARTERS }, () => place.start(["publish", "t", "1"]));
    for (const process of processes) {
      const { code, stderr } = await process.end(CROWD_MS);
      insist(code === 0, stderr);
    }
    return performance.now() - start;
  };
  const [without, withOne] = [await publishAll(), await publishAll()];
  trial.note(`${STARTERS} processes where no hub is`, `${(without / 1000).toFixed(1)} s`);
  trial.note(`${STARTERS} processes where one is`, `${(withOne / 1000).toFixed(1)} s`);
  const more = without - withOne;
  insist(more <= SERVED_MS, `that a hub had to be started took ${more.toFixed()} ms`);
  const hubs = listenings(logOf(place));
  insist(hubs === 1, `${hubs} hubs listened`);
  await stop(place);
  trial.tally.add("rounds of processes alone");
}

/** Stops the hub, whoever started it, and looks at what it leaves. */
async function stop(place: Place): Promise<void> {
  await place.stop();
  const files = (await place.filesOfHubs()).filter((name) => name.startsWith("bus.sock"));
  insist(files.join() === "bus.sock.lock", `hubs have left ${files}`);
}

/** The log of the hubs that the programs of a place start. */
function logOf({ directory }: Place): string {
  const logs = `${directory}/state/bus`;
  try {
    const [name = ""] = [...Deno.readDirSync(logs)].map(({ name }) => name);
    return `${logs}/${name}`;
  } catch {
    return logs;
  }
}

/** How often a hub has said in a log that it listens. */
function listenings(log: string): number {
  try {
    return [...Deno.readTextFileSync(log).matchAll(/Z listening on /g)].length;
  } catch {
    return 0;
  }
}
