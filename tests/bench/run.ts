/**
 * The command `deno task bench`: what a hub does, beside what other programs do, in the same rounds.
 *
 * @module
 */

import { isThere, type PeerName, PEERS } from "../peers/peers.ts";
import { chart } from "./chart.ts";
import { machine, version } from "./machine.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { asJson, type Results, RowResult } from "./results.ts";
import { LoadEndedError } from "./load_process.ts";
import type { Figures, Trial } from "./row.ts";
import { table } from "./table.ts";
import { TRIALS } from "./trials.ts";

async function run(options: BenchOptions): Promise<Results> {
  const peers = peersHere();
  const rows = new Map<string, RowResult>();
  const lost = new Map<PeerName, number>();
  for (const trial of chosen(options)) {
    for (const row of trial.rows) rows.set(row.name, new RowResult(row));
    await runTrial(trial, options, peers, rows, lost);
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ["deno task bench", ...Deno.args].join(" "),
    machine: await machine(),
    versions: Object.fromEntries(
      await Promise.all(peers.map(async (peer) => [peer, await version(peer)])),
    ),
    rows: [...rows.values()],
    lost,
  };
}

function chosen({ only, isQuick }: BenchOptions): readonly Trial[] {
  if (only === "") return TRIALS.filter((trial) => trial.isQuick || !isQuick);
  const named = TRIALS.filter(({ name }) => name === only);
  return named.length > 0 ? named : TRIALS.filter(({ name }) => name.includes(only));
}

/** All rounds of a trial, each with all peers, so that what changes on the machine meets all alike. */
async function runTrial(
  trial: Trial,
  options: BenchOptions,
  peers: readonly PeerName[],
  rows: ReadonlyMap<string, RowResult>,
  lost: Map<PeerName, number>,
): Promise<void> {
  const { name, rounds = options.rounds } = trial;
  const taking = peers.filter((peer) => trial.peers?.includes(peer) ?? true);
  const count = options.isQuick ? Math.min(rounds, 3 * options.rounds) : rounds;
  for (let round = 1; round <= count; round++) {
    for (const peer of taking) {
      progress(`${name}: round ${round} of ${count}, ${peer}`);
      const figures = await oneRound(trial, peer);
      lost.set(peer, (lost.get(peer) ?? 0) + (figures.lost ?? 0));
      for (const row of trial.rows) rows.get(row.name)?.add(peer, figures[row.name]);
    }
  }
}

/** A round that cannot be ended counts for none, and shows as one loss. */
async function oneRound(trial: Trial, peer: PeerName): Promise<Figures> {
  try {
    return await trial.run(peer);
  } catch (error) {
    if (!(error instanceof LoadEndedError)) throw error;
    talk(`\n${trial.name}, ${peer}: ${error.message}: the round counts for none\n`);
    return { lost: 1 };
  }
}

function peersHere(): PeerName[] {
  const all = Object.keys(PEERS) as PeerName[];
  const there = all.filter((peer) => isThere(PEERS[peer]));
  for (const peer of all) {
    if (there.includes(peer)) continue;
    const hint = peer === "compiled" ? " (build it with: deno task compile)" : "";
    talk(`${PEERS[peer].program} is not there: it is left out${hint}\n`);
  }
  return there;
}

/** Where one looks on, it says what it does; else it says nothing. */
function progress(what: string): void {
  if (Deno.stderr.isTerminal()) talk(`\r\x1b[K${what}`);
}

function talk(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function say(text: string): void {
  // deno-lint-ignore no-console
  console.log(text);
}

function optionsOrUsage(): BenchOptions {
  try {
    return readOptions(Deno.args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    talk(`error: bench: ${error.message}\nusage: deno task bench ${USAGE}\n`);
    Deno.exit(2);
  }
}

const options = optionsOrUsage();
const results = await run(options);
progress("");
const peers = Object.keys(results.versions) as PeerName[];
if (options.isJson) say(asJson(results));
else say(table(results, peers));
if (options.chart !== "") await Deno.writeTextFile(options.chart, chart(results, peers));
Deno.exit();
