/**
 * That chance makes cases of every kind, the same from the same seed, and none that would stop a hub.
 */

import { assertEquals } from "@std/assert";
import { Random } from "../campaign/random.ts";
import { CaseMaker, type Planned } from "./case_maker.ts";
import { bytesOf, situationOf } from "./cases.ts";
import { foretell } from "./foretell.ts";
import { MUTATIONS } from "./mutations.ts";
import { SeenIds } from "./seen_ids.ts";
import { STATES } from "./states.ts";

function make(seed: number, cases: number): Planned[] {
  const maker = new CaseMaker(new Random(seed), new SeenIds(), () => true);
  return Array.from({ length: cases }, () => maker.next());
}

Deno.test("chance makes cases of every state and mutation, frames right and wrong", () => {
  const cases = make(1, 300);
  const words = new Set(cases.flatMap(({ counts }) => [...counts.keys()]));
  for (const state of Object.keys(STATES)) assertEquals(words.has(`state: ${state}`), true, state);
  for (const name of Object.keys(MUTATIONS)) {
    assertEquals(words.has(`mutation: ${name}`), true, name);
  }
  const events = cases.reduce((sum, { foretold }) => sum + foretold.events.length, 0);
  const refused = cases.filter(({ foretold }) => foretold.answers.at(-1)?.startsWith("error"));
  assertEquals([events > 1_000, refused.length > 50], [true, true]);
});

Deno.test("the same seed makes the same cases", () => {
  const [one, other] = [make(7, 20), make(7, 20)];
  assertEquals(one.map(({ played }) => played), other.map(({ played }) => played));
});

Deno.test("what is foretold frame by frame is foretold of all bytes at once, and none stops the hub", () => {
  for (const { played, foretold } of make(3, 200)) {
    assertEquals(foretell(bytesOf(played), situationOf(played), new SeenIds()), foretold);
    assertEquals(foretold.unsent, undefined);
  }
});
