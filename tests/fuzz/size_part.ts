/**
 * Frames of the full size and one byte more, lines that do not end, and a thousand of them.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Part, Trial } from "../campaign/campaign.ts";
import { sized } from "../e2e/bad_input.ts";
import { eventually, PATIENCE_MS, within } from "../e2e/waiting.ts";
import { Wire } from "../e2e/wire.ts";
import { Bench } from "./bench.ts";
import { beside, type Bystanders, mebibytes, NO_BOUND } from "./bystanders.ts";
import type { Case } from "./cases.ts";
import { LONGEST_EVENT, LONGEST_FRAME } from "./contract.ts";
import { Grammar } from "./grammar.ts";
import { STATES } from "./states.ts";

const MIB = 1024 * 1024;

/** Bytes in all buffers of a hub. */
const BUDGET = 256 * MIB;

/** What one endless line may cost while it comes, and after. */
const WHILE_IT_COMES = 32 * MIB;
const AFTER_IT = 4 * MIB;

/** Pieces of an endless line that are offered: 1 GiB. */
const PIECE = new Uint8Array(64 * 1024).fill(0x78);
const PIECES = 16 * 1024;

/** Publishers that hold most of a frame. */
const HOLDERS = 1_000;

/** A few others, and the bytes that each of them holds. */
const FEW = 20;
const LITTLE = 10_000;

/** The right answer to its sender, and its bound. */
export const sizePart: Part = {
  name: "size",
  rows: [19],
  weight: 6,
  floors: {},
  async run(trial) {
    trial.tally.expect("frames at a limit", 100);
    trial.tally.expect("lines without end", 10);
    trial.tally.expect("fat lines that cost the connection", HOLDERS / 2);
    await using bench = await Bench.open();
    await beside(trial, bench.place, NO_BOUND, async (bystanders) => {
      await atTheLimits(trial, bench);
      await withoutEnd(trial, bench, bystanders);
      await aThousand(trial, bench);
    }, bench.audit);
  },
};

/** Each type, on each kind of connection, a few bytes around each limit. */
async function atTheLimits(trial: Trial, bench: Bench): Promise<void> {
  let made = 0;
  for (const [state, { prelude, messages }] of Object.entries(STATES)) {
    for (const type of ["hello", "event", "flush", "pre_shutdown_check", "status_query"]) {
      if (!Object.hasOwn(messages, type)) continue;
      for (const bytes of [LONGEST_EVENT, LONGEST_EVENT + 1, LONGEST_FRAME, LONGEST_FRAME + 1]) {
        const key = `size${++made}`;
        const subject = { key, newId: () => key, oldId: () => undefined };
        const frame = `${new Grammar(trial.random, subject).ofBytes(type, bytes)}\n`;
        const encoder = new TextEncoder();
        const writes = [...prelude(key).map((line) => `${line}\n`), frame].map((text) =>
          encoder.encode(text)
        );
        const played: Case = { state, key, writes, end: "half-closes" };
        const foretold = bench.foretell(played);
        if (foretold.unsent !== undefined) continue;
        await bench.play(played, foretold);
        trial.tally.add("frames at a limit");
      }
    }
  }
}

/** A line without end costs its sender the connection at 1 MiB, and the hub next to nothing. */
async function withoutEnd(trial: Trial, bench: Bench, { memory }: Bystanders): Promise<void> {
  const { socket, hub } = bench.place;
  const holder = await holderOf(socket, "held");
  const before = '{"type":"hello","event_key":"held","event_types":["t"]}\n';
  const senders: [beginning: string, answer: string][] = [
    ['{"type":"hello","pad":"', "error frame_too_large"],
    ['{"type":"hello","event_key":"e","event_types":["t"]}\n{"type":"bye","pad":"', "bye protocol"],
    [`${before}{"type":"bye","pad":"`, "error frame_too_large"],
    ['{"type":"flush","id":1}\n{"type":"event","payload":"', "error frame_too_large"],
    ['{"type":"reload"}\n{"type":"event","payload":"', "reload_ack undefined"],
  ];
  const round = async () => {
    for (const [beginning, answer] of senders) await endless(trial, socket, beginning, answer);
  };
  try {
    // What the first of all costs is the program's own growth.
    await round();
    const [start, looks] = [hub.memory(), memory.length];
    await round();
    const peak = Math.max(...memory.slice(looks), hub.memory());
    trial.note("while endless lines come", mebibytes(peak - start));
    assert(peak - start <= WHILE_IT_COMES, `endless lines cost ${mebibytes(peak - start)}`);
    await eventually("what endless lines cost is given back", () => {
      return hub.memory() - start <= AFTER_IT;
    }).finally(() => trial.note("after them", mebibytes(hub.memory() - start)));
  } finally {
    holder.close();
  }
}

async function endless(
  trial: Trial,
  socket: string,
  beginning: string,
  answer: string,
): Promise<void> {
  const wire = await Wire.connect(socket);
  try {
    await wire.write(beginning);
    const offered = async () => {
      let pieces = 0;
      while (pieces < PIECES && await wire.write(PIECE)) pieces++;
      return pieces;
    };
    const pieces = await within("an endless line is cut off", offered(), PATIENCE_MS);
    assert(pieces * PIECE.length <= 2 * MIB, `${pieces} pieces were taken of an endless line`);
    const { type, code, reason } = JSON.parse((await wire.rest()).at(-1) ?? "null");
    assertEquals(`${type} ${code ?? reason}`, answer);
    trial.tally.add("lines without end");
  } finally {
    wire.close();
  }
}

/** Together they are held to the budget, and who holds most loses its connection first. */
async function aThousand(trial: Trial, bench: Bench): Promise<void> {
  const { socket, hub } = bench.place;
  const base = hub.memory();
  const wires: Wire[] = [];
  const events = Array.from(
    { length: HOLDERS + FEW },
    (_, i) => `{"type":"event","event_type":"t","payload":${i}}`,
  );
  const delivery = bench.expect(events);
  let peak = base;
  try {
    for (const event of events) {
      const wire = await Wire.connect(socket);
      wires.push(wire);
      const bytes = wires.length <= FEW ? LITTLE : LONGEST_FRAME - 1;
      await wire.write(`${event}\n`, sized(bytes, '{"type":"event","payload":"', ""));
      peak = Math.max(peak, hub.memory());
    }
    const { buffered_bytes } = await bench.place.status();
    trial.note("buffered with a thousand fat lines", mebibytes(buffered_bytes));
    trial.note("memory of a thousand fat lines", mebibytes(peak - base));
    assert(buffered_bytes <= BUDGET, `${mebibytes(buffered_bytes)} are held`);
    assert(peak - base <= BUDGET * 1.2, `a thousand lines cost ${mebibytes(peak - base)}`);
    for (const [i, wire] of wires.entries()) await judgeHolder(trial, wire, i < FEW);
    await bench.complete(delivery);
  } finally {
    for (const wire of wires) wire.close();
  }
}

/** One who was closed was told why, and held a fat line. */
async function judgeHolder(trial: Trial, wire: Wire, isSmall: boolean): Promise<void> {
  await wire.end().catch(() => {});
  const [line, ...more] = await wire.rest();
  if (line === undefined) {
    trial.tally.add(isSmall ? "small lines that stood" : "fat lines that stood");
    return;
  }
  assert(!isSmall, `who held little was closed: ${line}`);
  const { type, code, message } = JSON.parse(line);
  assertEquals([type, code, more], ["error", "limit", []]);
  assertMatch(message, /^frame 2: ./);
  trial.tally.add("fat lines that cost the connection");
}

async function holderOf(socket: string, key: string): Promise<Wire> {
  const wire = await Wire.connect(socket);
  await wire.send(
    `{"type":"hello","event_key":"${key}","event_types":["${key}.nothing"]}`,
    `{"type":"pre_shutdown_check","event_key":"${key}"}`,
  );
  assertEquals((await wire.frame()).first_for_key, true);
  assertEquals((await wire.frame()).last_for_key, true);
  return wire;
}
