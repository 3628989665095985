/**
 * What three programs of the kind do on this machine, and the hub beside them, measured in the same
 * way: `deno run -A tests/soak/peers.ts`. It prints a table in Markdown. Debian's packages, as they
 * come: `redis-server`, `nats-server`, `mosquitto`.
 *
 * @module
 */

import type { Peer } from "../peers/peer.ts";
import { isThere, PEERS } from "../peers/peers.ts";
import { endlessLine, fewDescriptors, idle, stuck } from "./peer_trials.ts";

const ROWS = [
  "RSS at start; each of 1,000 idle subscribers",
  "one stuck reader, 80 MB published: peak",
  "the publisher: whole; longest single send",
  "the reader beside it: got; longest gap",
  "line without end as first words",
  "`ulimit -n 64`, 200 clients",
];

/** The cells of a peer's column. */
async function measure(peer: Peer): Promise<string[]> {
  const { peak, publisher, reader } = await stuck(peer);
  return [
    await idle(peer),
    peak,
    publisher,
    reader,
    await endlessLine(peer),
    await fewDescriptors(peer),
  ];
}

function say(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}

const { redis, nats, mosquitto, compiled } = PEERS;
const peers = [redis, nats, mosquitto, compiled];
const there = peers.filter(isThere);
for (const { program } of peers.filter((peer) => !there.includes(peer))) {
  say(`${program} is not there: it is left out`);
}
const columns: string[][] = [];
for (const peer of there) columns.push(await measure(peer));
say(`\n| | ${there.map(({ name }) => name).join(" | ")} |`);
say(`|---|${"---|".repeat(there.length)}`);
ROWS.forEach((row, at) => say(`| ${row} | ${columns.map((cells) => cells[at]).join(" | ")} |`));
Deno.exit();
