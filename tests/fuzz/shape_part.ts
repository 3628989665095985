/**
 * A megabyte of each shape that is hard to read or to hold, as a payload and as a frame of its own, a
 * hundred a second.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Wire } from "../e2e/wire.ts";
import { Bench } from "./bench.ts";
import { beside, mebibytes, NO_BOUND } from "./bystanders.ts";
import { processorTime, stretch } from "./processor_time.ts";
import { percentile, Pulse } from "./pulse.ts";
import { type Shape, SHAPES } from "./shapes.ts";

const MIB = 1024 * 1024;

/** Milliseconds that the loop may stand still for one. */
const LOOP_MS = 20;

/** What one may cost beyond what as much plain text costs, which is dead and not yet collected. */
const MEMORY = 4 * MIB;
const NOISE = 16 * MIB;

/** Milliseconds between two. */
const PAUSE_MS = 10;

/** How often each is sent in a row. */
const SHOTS = 12;

/** Rows in which a machine may have its moments: what is wrong with a shape shows in each. */
const ROWS = 3;

/** What a row of one shape came to. */
interface Series {
  /** Milliseconds of the longest beat of each shot. */
  readonly longest: readonly number[];
  readonly p99: number;
  /** Milliseconds of the hub's own time for each shot. */
  readonly own: number;
  /** How many times longer it took than alone on the machine. */
  readonly stretch: number;
  /** Bytes of the most memory. */
  readonly peak: number;
}

/** Sends one of a shape, and looks at what comes of it. */
type Shot = (bench: Bench, shape: Shape) => Promise<void>;

/** Each is read in a moment, holds little, and nobody waits for it longer than for as much text. */
export const shapePart: Part = {
  name: "shape",
  rows: [20],
  weight: 8,
  floors: {},
  async run(trial) {
    for (const way of Object.keys(WAYS)) trial.tally.expect(way, SHAPES.length * SHOTS);
    await using bench = await Bench.open();
    await beside(trial, bench.place, NO_BOUND, async () => {
      const pulse = await Pulse.of(bench.place.socket);
      try {
        await shootAll(trial, bench, pulse);
      } finally {
        pulse.end();
      }
    }, bench.audit);
  },
};

async function shootAll(trial: Trial, bench: Bench, pulse: Pulse): Promise<void> {
  const [plain, ...shapes] = SHAPES;
  if (!plain) return;
  const failures: string[] = [];
  // The program has to be warm, and its heap as large as it comes to be, before any can be compared.
  for (const shot of Object.values(WAYS)) {
    for (const shape of SHAPES) await series(bench, pulse, shot, shape);
  }
  const texts = new Map<string, Series>();
  for (let round = 0; round < 3; round++) {
    for (const [way, shot] of Object.entries(WAYS)) {
      const seen = await series(bench, pulse, shot, plain);
      texts.set(way, { ...seen, peak: Math.max(seen.peak, texts.get(way)?.peak ?? 0) });
      trial.tally.add(way, SHOTS);
    }
  }
  // How high the heap stands in a row of shots is chance: for plain text it is the highest of all.
  const peak = Math.max(...Array.from(texts.values(), ({ peak }) => peak));
  for (const [way, shot] of Object.entries(WAYS)) {
    const text = { ...texts.get(way) as Series, peak };
    for (const shape of shapes) {
      let wrong: string[] = [];
      for (let row = 0; row < ROWS; row++) {
        const seen = await series(bench, pulse, shot, shape);
        trial.tally.add(way, SHOTS);
        trial.note(`${shape.name} as ${way}`, inWords(seen));
        wrong = wrongs(seen, text);
        if (wrong.length === 0) break;
      }
      failures.push(...wrong.map((words) => `${shape.name} as ${way}: ${words}`));
    }
    trial.note(`text as ${way}`, inWords(text));
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
}

function wrongs({ longest, p99, peak, stretch }: Series, text: Series): string[] {
  const wrongs: string[] = [];
  const still = quartile(longest) / stretch;
  if (still > LOOP_MS) wrongs.push(`the loop stood still for ${still.toFixed(1)} ms`);
  if (peak > text.peak + MEMORY + NOISE) wrongs.push(`it cost ${mebibytes(peak - text.peak)}`);
  const [others, forText] = [p99 / stretch, text.p99 / text.stretch];
  if (others > 2 * Math.max(forText, LOOP_MS)) {
    wrongs.push(`others waited ${others.toFixed(1)} ms, and ${forText.toFixed(1)} for text`);
  }
  return wrongs;
}

function inWords({ longest, p99, own, peak }: Series): string {
  const times = [quartile(longest), p99, own].map((time) => time.toFixed(1)).join(" / ");
  return `${times} ms, ${mebibytes(peak)}`;
}

async function series(
  bench: Bench,
  pulse: Pulse,
  shot: Shot,
  shape: Shape,
): Promise<Series> {
  const { hub } = bench.place;
  const longest: number[] = [];
  const all: number[] = [];
  let peak = 0;
  const start = processorTime(hub.pid);
  for (let i = 0; i < SHOTS; i++) {
    await pulse.beats();
    const next = performance.now() + PAUSE_MS;
    await shot(bench, shape);
    const beats = await pulse.beats();
    longest.push(percentile(beats, 100));
    all.push(...beats.waits);
    peak = Math.max(peak, hub.memory());
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  const waits = all.sort((a, b) => a - b);
  const end = processorTime(hub.pid);
  return {
    longest,
    p99: percentile({ waits }, 99),
    own: (end.ran - start.ran) / SHOTS,
    stretch: stretch(start, end),
    peak,
  };
}

/** What three of four are above: beside others who want the processor every one is longer. */
function quartile(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? 0;
}

const EVENT = '{"type":"event","event_type":"shape"';

const WAYS: Readonly<Record<string, Shot>> = {
  "a payload": async (bench, { text, isRight }) => {
    await publish(bench, `${EVENT},"payload":${text}}`, isRight);
  },
  "a first frame": async ({ place }, { text }) => {
    const wire = await Wire.connect(place.socket);
    await wire.send(text);
    assertEquals(await codes(wire), ["bad_frame"]);
  },
  "a frame of a consumer": async ({ place }, { text }) => {
    const wire = await Wire.connect(place.socket);
    await wire.send('{"type":"hello","event_key":"shape","event_types":["n"]}', text);
    await wire.send('{"type":"pre_shutdown_check","event_key":"shape"}');
    assertEquals([(await wire.frame()).type, (await wire.frame()).last_for_key], [
      "hello_ack",
      true,
    ]);
    await wire.end();
    assertEquals(await codes(wire), []);
  },
};

async function publish(bench: Bench, frame: string, isRight: boolean): Promise<void> {
  const delivery = bench.expect(isRight ? [frame] : []);
  const wire = await Wire.connect(bench.place.socket);
  await wire.send(frame);
  await wire.end().catch(() => {});
  assertEquals(await codes(wire), isRight ? [] : ["bad_frame"]);
  await bench.complete(delivery);
}

async function codes(wire: Wire): Promise<unknown[]> {
  const lines = await wire.rest();
  wire.close();
  return lines.map((line) => JSON.parse(line).code);
}

assert(SHAPES.every(({ text }) => text.length < MIB), "every shape fits a frame");
