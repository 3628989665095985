/**
 * Those who connect and say nothing, or next to nothing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { insistInTime, inSomeRound } from "../campaign/timing.ts";
import { Place } from "../e2e/kit.ts";
import { eventually, within } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { beside } from "./bystanders.ts";

/** Silent ones that a hub bears. */
const BORNE = 256;

/** Milliseconds until a first frame must be whole, and until that is held against its peer. */
const DUE_MS = 5_000;
const CUT_MS = 5_500;

/** Milliseconds of silence after which one of too many may lose its place, and has lost it. */
const SILENT_MS = 1_000;
const LOST_MS = 1_500;

/** Milliseconds that a good hello may take beside them. */
const HELLO_MS = 100;

/** What came to a silent one, and how many milliseconds after it had connected. */
interface Fate {
  readonly after: number;
  readonly answer: string;
}

/** Nobody waits for the silent, and they do not wait for ever. */
export const silencePart: Part = {
  name: "silence",
  rows: [22],
  weight: 6,
  floors: {},
  async run(trial) {
    for (const what of ["nothing", "a byte a second", "shut down", "vanished"]) {
      trial.tally.expect(what, BORNE / 4);
    }
    trial.tally.expect("good hellos", 20);
    trial.tally.expect("lost its place to another", 1);
    await inSomeRound(trial, () => round(trial));
  },
};

async function round(trial: Trial): Promise<void> {
  await using place = await Place.withHub();
  await beside(trial, place, { stall: HELLO_MS }, async () => {
    await asManyAsAreBorne(trial, place);
    await oneTooMany(trial, place);
  });
}

/** As many as are borne: cut off in time, and no good hello waits for them. */
async function asManyAsAreBorne(trial: Trial, place: Place): Promise<void> {
  const before = descriptorsOf(place.hub.pid);
  const fates: Promise<void>[] = [];
  for (let i = 0; i < BORNE; i++) {
    fates.push(KINDS[i % KINDS.length]?.(trial, place.socket) ?? Promise.resolve());
  }
  // Those of two kinds stay until they are cut off.
  await eventually("they are there", () => {
    return descriptorsOf(place.hub.pid) >= before + BORNE / 2;
  });
  const hellos: number[] = [];
  const all = Promise.all(fates);
  let isOver = false;
  all.catch(() => {}).finally(() => isOver = true);
  while (!isOver) {
    hellos.push(await goodHello(place.socket, `good${hellos.length}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await all;
  trial.tally.add("good hellos", hellos.length);
  const longest = Math.max(...hellos);
  trial.note("longest good hello beside them", `${longest.toFixed(1)} ms`);
  insistInTime(longest <= HELLO_MS, `a good hello took ${longest.toFixed(1)} ms`);
  await eventually("descriptors are given back", () => {
    return descriptorsOf(place.hub.pid) <= before;
  });
}

function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

type Kind = (trial: Trial, socket: string) => Promise<void>;

const KINDS: readonly Kind[] = [
  async (trial, socket) => {
    judgeCut(trial, "nothing", await fateOf(await Wire.connect(socket)));
  },
  async (trial, socket) => {
    const wire = await Wire.connect(socket);
    const timer = setInterval(() => void wire.write("{"), 1_000);
    try {
      judgeCut(trial, "a byte a second", await fateOf(wire));
    } finally {
      clearInterval(timer);
    }
  },
  async (trial, socket) => {
    const wire = await Wire.connect(socket);
    await wire.end();
    const { answer, after } = await fateOf(wire);
    assertEquals(answer, "", "what one who has shut down hears");
    assert(after < SILENT_MS, `who has shut down was closed after ${after} ms`);
    trial.tally.add("shut down");
  },
  async (trial, socket) => {
    const wire = await Wire.connect(socket);
    await wire.write("{");
    wire.close();
    trial.tally.add("vanished");
  },
];

function judgeCut(trial: Trial, what: string, { answer, after }: Fate): void {
  assertEquals(answer, "error timeout", `what one hears who sends ${what}`);
  const isInTime = after >= DUE_MS - 50 && after <= CUT_MS;
  assert(isInTime, `who sends ${what} was cut off after ${after.toFixed(0)} ms`);
  trial.tally.add(what);
}

/** One more than are borne costs the one that has been silent longest its place, and nobody else. */
async function oneTooMany(trial: Trial, place: Place): Promise<void> {
  const start = performance.now();
  const fates: Promise<Fate>[] = [];
  const order: number[] = [];
  for (let i = 0; i <= BORNE; i++) {
    const wire = await Wire.connect(place.socket);
    fates.push(fateOf(wire).finally(() => order.push(i)));
    // Most but the last: it is one too many only when it has been silent for so long itself.
    if (i === BORNE - 1) await new Promise((resolve) => setTimeout(resolve, SILENT_MS));
  }
  const last = performance.now() - start;
  const first = await within("one loses its place", Promise.race(fates), 2 * DUE_MS);
  assertEquals(order, [0], "who loses its place");
  assertEquals(first.answer, "error limit");
  const since = first.after - last;
  trial.note("one too many cost the first its place after", `${since.toFixed(0)} ms`);
  assert(since >= SILENT_MS - 50, `it lost its place after ${since.toFixed(0)} ms`);
  assert(since <= LOST_MS, `it lost its place only after ${since.toFixed(0)} ms`);
  trial.tally.add("lost its place to another");
  const took = await goodHello(place.socket, "after");
  assert(took <= HELLO_MS, `a good hello took ${took.toFixed(1)} ms`);
  const rest = await Promise.all(fates.slice(1));
  const answers = new Set(rest.map(({ answer }) => answer));
  assertEquals([...answers], ["error timeout"], "what the others hear");
}

async function fateOf(wire: Wire): Promise<Fate> {
  const start = performance.now();
  try {
    const lines = await wire.rest();
    const after = performance.now() - start;
    const { type, code } = JSON.parse(lines[0] ?? "{}");
    return { after, answer: lines.length === 0 ? "" : `${type} ${code}` };
  } finally {
    wire.close();
  }
}

/** Milliseconds from the connection of a consumer to its ack. */
async function goodHello(socket: string, key: string): Promise<number> {
  const start = performance.now();
  const wire = await Wire.connect(socket);
  try {
    await wire.send(`{"type":"hello","event_key":"${key}","event_types":["t"]}`);
    const { type, first_for_key } = await wire.frame();
    assertEquals([type, first_for_key], ["hello_ack", true]);
    return performance.now() - start;
  } finally {
    wire.close();
  }
}
