/**
 * Every class of bytes: what is valid arrives byte for byte, what is not is refused to its sender and
 * never reaches a consumer.
 *
 * @module
 */

import type { Part, Trial } from "../campaign/campaign.ts";
import { Bench } from "./bench.ts";
import { beside, NO_BOUND } from "./bystanders.ts";
import type { Case } from "./cases.ts";
import { joined, NOT_UTF8 } from "./mutations.ts";
import { ObservedTalk } from "./observed_talk.ts";
import { type State, STATES } from "./states.ts";
import { HAS_SYSTEM_SOCKETS } from "./system_socket.ts";
import { Talk } from "./talk.ts";
import { cutAt } from "./writes.ts";

/** What may stand in a string, as it is. */
const CHARACTERS: readonly string[] = [
  "\u007f",
  "\u0080",
  "\u0085",
  "\u07ff",
  "\u0800",
  "\u2028",
  "\u2029",
  "\ud7ff",
  "\ue000",
  "\ufeff",
  "\ufffd",
  "\ufffe",
  "\uffff",
  "\u{10000}",
  "\u{10ffff}",
  "\\u0000",
  "\\ud800",
  "\\udc00\\ud800",
  "\\r\\n",
];

/** Whole payloads. */
const PAYLOADS: readonly string[] = [
  "1e400",
  "-1e400",
  "12345678901234567890.10",
  '{"a":1,"a":2,"":3,"":4}',
  '{"__proto__":{"x":1},"constructor":null}',
  '[\r1\r,\t2 ,"\u2028"\r]',
  '{\r"a"\r:\r1\r}',
];

/** How many bytes a hub reads at once: at first, and when it has found that more comes. */
const READS = [512, 512 + 65_536];

/** Cut off as reads, or read as they come. */
export const bytesPart: Part = {
  name: "bytes",
  rows: [21],
  weight: 3,
  floors: {},
  async run(trial) {
    const kinds = ["valid", "invalid", "U+FEFF at a border of reads"];
    for (const kind of kinds) trial.tally.expect(kind, 50);
    await using bench = await Bench.open();
    await beside(trial, bench.place, NO_BOUND, async () => {
      for (const payload of validPayloads()) await deliver(trial, bench, payload);
      for (const wrong of NOT_UTF8) await refuse(trial, bench, wrong);
      await atBorders(trial, bench);
    }, bench.audit);
  },
};

function* validPayloads(): Generator<string> {
  yield* PAYLOADS;
  for (const character of CHARACTERS) {
    yield `"${character}"`;
    yield `{"${character}":"a${character}${character}b"}`;
  }
}

const encoder = new TextEncoder();
let made = 0;

/** Nobody else's key, and a payload that is in no other event. */
function newKey(): string {
  return `bytes${++made}`;
}

/** It arrives, whole and cut at each of its bytes, with `\n` behind it and with `\r\n`. */
async function deliver(trial: Trial, bench: Bench, payload: string): Promise<void> {
  for (const end of ["\n", "\r\n"]) {
    for (const isCut of HAS_SYSTEM_SOCKETS ? [false, true] : [false]) {
      const key = newKey();
      const frame = encoder.encode(
        `{"type":"event","event_type":"t","app":"${key}","payload":${payload}}${end}`,
      );
      const places = isCut ? Array.from(frame, (_, i) => i) : [];
      await play(bench, "publisher", key, cutAt(frame, places), isCut);
      trial.tally.add("valid");
    }
  }
}

/** Wherever it stands, and whoever sends it. */
async function refuse(trial: Trial, bench: Bench, wrong: readonly number[]): Promise<void> {
  const bytes = (text: string) => encoder.encode(text);
  const frames = (key: string) => [
    joined(
      bytes(`{"type":"event","event_type":"t","app":"${key}","payload":"`),
      wrong,
      bytes('"}\n'),
    ),
    joined(bytes('{"type":"event","event_type":"'), wrong, bytes('","payload":1}\n')),
    joined(bytes('{"type":"event","event_type":"t","payload":1,"'), wrong, bytes('":1}\n')),
    joined(wrong, bytes('{"type":"bye"}\n')),
    joined(bytes('{"type":"bye"}'), wrong, bytes("\r\n")),
    joined(bytes(`{"type":"pre_shutdown_check","event_key":"${key}`), wrong, bytes('"}\n')),
    joined(wrong, bytes("\n")),
  ];
  for (const state of Object.keys(STATES)) {
    for (let i = 0; i < frames("").length; i++) {
      const key = newKey();
      await play(bench, state, key, [frames(key)[i] ?? bytes("")]);
      trial.tally.add("invalid");
    }
  }
}

/** A decoder that is fed chunk by chunk may take it for a mark of the order of bytes, and drop it. */
async function atBorders(trial: Trial, bench: Bench): Promise<void> {
  const [prelude = ""] = (STATES.publisher as State).prelude("");
  for (const border of READS) {
    for (let before = -1; before <= 4; before++) {
      for (const many of [1, 2, 3]) {
        const key = newKey();
        const head = `{"type":"event","event_type":"t","app":"${key}","payload":"`;
        const pad = border - before - prelude.length - 1 - head.length;
        const frame = encoder.encode(`${head}${"x".repeat(pad)}${"\ufeff".repeat(many)}y"}\n`);
        await play(bench, "publisher", key, [frame]);
        trial.tally.add("U+FEFF at a border of reads");
        if (!HAS_SYSTEM_SOCKETS) continue;
        const place = frame.length - 4 - many * 3 + before;
        await play(bench, "publisher", newKey(), cutAt(frame, [place]), true);
        trial.tally.add("U+FEFF at a border of reads");
      }
    }
  }
}

/** All in one write, or each piece as a read of its own. */
async function play(
  bench: Bench,
  state: string,
  key: string,
  pieces: readonly Uint8Array[],
  isCut = false,
): Promise<void> {
  const prelude = (STATES[state] as State).prelude(key).map((line) => encoder.encode(`${line}\n`));
  const all = [...prelude, ...pieces];
  const played: Case = { state, key, writes: isCut ? all : [joined(...all)], end: "half-closes" };
  await bench.play(played, undefined, isCut ? ObservedTalk.connect : Talk.connect);
}
