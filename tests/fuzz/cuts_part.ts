/**
 * Every message, cut at every byte and at every pair of bytes, on each kind of connection: what comes
 * of it is the same as uncut.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { Bench, Deviation } from "./bench.ts";
import { beside, NO_BOUND } from "./bystanders.ts";
import { bytesOf, type Case, situationOf } from "./cases.ts";
import { report } from "./findings.ts";
import { foretell } from "./foretell.ts";
import { joined } from "./mutations.ts";
import { ObservedTalk } from "./observed_talk.ts";
import { samples } from "./samples.ts";
import { SeenIds } from "./seen_ids.ts";
import { type State, STATES } from "./states.ts";
import { HAS_SYSTEM_SOCKETS } from "./system_socket.ts";
import { cutAt } from "./writes.ts";

/** Connections at a time. */
const LANES = 8;

/** Cut frames on one connection, where none of them is its end. */
const FRAMES = 60;

/** Keys that are all as long as each other. */
const FIRST_KEY = 100_000;
const KEY = `c${FIRST_KEY}`;

/** How one frame is cut: at these places. */
type Places = readonly number[];

/** One connection, and the frames on it that are cut. */
interface Task {
  readonly state: string;
  readonly type: string;
  readonly cuts: readonly Places[];
  readonly what: "single" | "pair" | "each byte" | "a hundred at once";
}

/** Each cut arrives as a read of its own: the next bytes are sent when those before were read. */
export const cutsPart: Part = {
  name: "cuts",
  rows: [18],
  weight: 10,
  floors: {},
  async run(trial) {
    if (!HAS_SYSTEM_SOCKETS) {
      return trial.skip("what a peer has read shows on Linux only");
    }
    await using bench = await Bench.open();
    await beside(trial, bench.place, NO_BOUND, () => playAll(trial, bench), bench.audit);
  },
};

async function playAll(trial: Trial, bench: Bench): Promise<void> {
  const all = tasks();
  const [pairs, rest] = [all.filter(isPair), all.filter((task) => !isPair(task))];
  // What is not a pair is always played whole; of the pairs as many as there is time for.
  const queue = [...rest, ...trial.random.shuffled(pairs)];
  expectAll(trial, rest);
  expectSome(trial, pairs);
  let [made, played] = [0, 0];
  let failure: unknown;
  const lane = async () => {
    for (let task = queue.shift(); task && !failure; task = queue.shift()) {
      if (isPair(task) && !trial.goesOn()) return;
      const found = caseOf(task, `c${FIRST_KEY + ++made}`);
      try {
        await bench.play(found, undefined, ObservedTalk.connect);
      } catch (error) {
        failure ??= error;
        return;
      }
      if (isPair(task)) played++;
      trial.tally.add(`${task.what}: ${task.state}`, task.cuts.length);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failure instanceof Deviation) throw new Error(await report(failure, []));
  if (failure) throw failure;
  trial.note("pairs of bytes", `${Math.floor(100 * played / pairs.length)} %`);
}

/** Whatever the time. */
function expectAll(trial: Trial, tasks: readonly Task[]): void {
  for (const [name, total] of totalsOf(tasks)) trial.tally.expect(name, total);
}

/** In relation to the time; a fifth of what was measured on two cores. */
function expectSome(trial: Trial, pairs: readonly Task[]): void {
  for (const [name, total] of totalsOf(pairs)) {
    trial.tally.expect(name, Math.min(total, 60 * trial.seconds));
  }
}

/** How many cut frames there are of each kind. */
function totalsOf(tasks: readonly Task[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { what, state, cuts } of tasks) {
    const name = `${what}: ${state}`;
    totals.set(name, (totals.get(name) ?? 0) + cuts.length);
  }
  return totals;
}

function isPair({ what }: Task): boolean {
  return what === "pair";
}

/** All there is to do: each state with each type that may come in it. */
function tasks(): Task[] {
  const all: Task[] = [];
  for (const [state, { prelude }] of Object.entries(STATES)) {
    for (const [type, sample] of Object.entries(samples(KEY))) {
      if (type === "shutdown" && prelude("").length === 0) continue;
      const { length } = new TextEncoder().encode(sample);
      const single = Array.from({ length: length - 1 }, (_, i) => [i + 1]);
      // One that has asked its question is answered and closed, however what follows is cut.
      const isAsker = state.startsWith("asker");
      const pairs = isAsker
        ? []
        : single.flatMap(([a = 0]) => single.slice(a).map(([b = 0]) => [a, b]));
      const add = (what: Task["what"], cuts: Places[], many = framesOf(state, type)) => {
        for (let at = 0; at < cuts.length; at += many) {
          all.push({ state, type, what, cuts: cuts.slice(at, at + many) });
        }
      };
      add("single", single);
      add("each byte", [single.map(([a = 0]) => a)]);
      add("a hundred at once", Array.from({ length: 100 }, () => []), 100);
      add("pair", pairs);
    }
  }
  return all;
}

/** How many frames of a type one connection takes: one where it is the beginning or the end. */
function framesOf(state: string, type: string): number {
  if (STATES[state]?.prelude("").length === 0) return 1;
  const played = caseOf({ state, type, what: "single", cuts: [[]] }, KEY);
  return foretell(bytesOf(played), situationOf(played), new SeenIds()).closes ? 1 : FRAMES;
}

function caseOf({ state, type, cuts, what }: Task, key: string): Case {
  const known = STATES[state] as State;
  const encoder = new TextEncoder();
  const sample = encoder.encode(samples(key)[type] ?? "");
  const prelude = known.prelude(key).map((line) => encoder.encode(`${line}\n`));
  const frames = cuts.map((places) => cutAt(sample, places));
  const writes = what === "a hundred at once" ? [joined(...frames.flat())] : frames.flat();
  return { state, key, writes: [...prelude, ...writes], end: "half-closes" };
}
