/**
 * Every connection that once failed, and one of each kind, played again.
 */

import { assertEquals } from "@std/assert";
import { Bench } from "./bench.ts";
import { bytesOf, type Case, keptCases } from "./cases.ts";
import { ObservedTalk } from "./observed_talk.ts";
import { STATES } from "./states.ts";
import { HAS_SYSTEM_SOCKETS } from "./system_socket.ts";
import { Talk } from "./talk.ts";
import { cutAt } from "./writes.ts";

/** Bytes at the beginning of a case that are sent one by one. */
const MOST_SINGLE = 500;

const kept = await keptCases();

Deno.test("kept cases: each state has one, and the oracle says of each what it said when it was kept", () => {
  const states = new Set(Array.from(kept.values(), ({ state }) => state));
  assertEquals([...states].sort(), Object.keys(STATES).sort());
  for (const [name, played] of kept) {
    const { answers, events } = Bench.foretellAlone(played);
    assertEquals({ answers, events }, played.expected, name);
  }
});

const WAYS: Readonly<Record<string, (bench: Bench, played: Case) => Promise<void>>> = {
  "in its own writes": (bench, played) => bench.play(played),
  "in one write": (bench, played) => bench.play({ ...played, writes: [bytesOf(played)] }),
  "byte by byte": async (bench, played) => {
    const bytes = bytesOf(played);
    const single = Math.min(bytes.length, MOST_SINGLE);
    const writes = cutAt(bytes, Array.from({ length: single }, (_, i) => i + 1));
    const connect = HAS_SYSTEM_SOCKETS ? ObservedTalk.connect : Talk.connect;
    await bench.play({ ...played, writes }, undefined, connect);
  },
};

for (const [way, play] of Object.entries(WAYS)) {
  Deno.test(`kept cases: each comes to what it must, ${way}`, async (t) => {
    await using bench = await Bench.open();
    for (const [name, played] of kept) {
      await t.step(`${name}: ${played.state}, which ${played.end}`, () => play(bench, played));
    }
    await bench.audit(0);
  });
}
