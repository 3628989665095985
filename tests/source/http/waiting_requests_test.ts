import { assert, assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../../../lib/source/http/answers.ts";
import { FAIR_MS } from "../../../lib/source/http/listener.ts";
import {
  MOST_BODIES,
  MOST_BYTES,
  MOST_REQUESTS,
  WAIT_MS,
  WaitingRequests,
} from "../../../lib/source/http/waiting_requests.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

const PUSH = { type: "github.push", payload: "{}" };

/** What a refusal says. */
async function refusal(waiting: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => waiting, Refusal)).message;
}

/** Lets the time pass to a moment. */
function goTo(clocks: DrivenClocks, moment: number): void {
  clocks.setTo(moment);
  clocks.ring();
}

Deno.test("waiting requests: only so many have a place, and one that leaves makes room", () => {
  const waiting = new WaitingRequests(new DrivenClocks());
  const places = Array.from({ length: MOST_REQUESTS + 1 }, () => waiting.enter());
  assertEquals(places.map((place) => place?.take()), [...Array(MOST_REQUESTS).fill(true), false]);
  // It gives back what it has once, however often it says so.
  for (let count = 0; count < 2; count++) places[0]?.leave();
  assertEquals([waiting.enter()?.take(), waiting.enter()?.take()], [true, false]);
});

Deno.test("waiting requests: half a body takes no place from a whole one", () => {
  const waiting = new WaitingRequests(new DrivenClocks());
  const halves = Array.from({ length: 70 }, () => waiting.enter());
  assertEquals(halves.map((half) => half?.hold(10)), Array(70).fill(true));
  const wholes = Array.from({ length: MOST_REQUESTS }, () => waiting.enter());
  assertEquals(wholes.map((whole) => whole?.take()), Array(MOST_REQUESTS).fill(true));
});

Deno.test("waiting requests: bodies are so many, until the oldest is slow", () => {
  const clocks = new DrivenClocks();
  const waiting = new WaitingRequests(clocks);
  const bodies = Array.from({ length: MOST_BODIES }, () => waiting.enter());
  clocks.setTo(FAIR_MS - 1);
  assertEquals(waiting.enter(), undefined);
  clocks.setTo(FAIR_MS);
  const late = waiting.enter();
  assertEquals(bodies.map((body) => body?.signal.aborted).indexOf(false), 1);
  const reason = bodies[0]?.signal.reason;
  assert(reason instanceof Refusal);
  assertEquals(reason.message, "its body came too slowly while others waited");
  assertEquals([bodies[0]?.hold(1), bodies[0]?.take()], [false, false]);
  assertEquals([bodies[1]?.take(), late?.take()], [true, true]);
});

Deno.test("waiting requests: a slow body gives its bytes to another one, a whole one does not", () => {
  const clocks = new DrivenClocks();
  const waiting = new WaitingRequests(clocks);
  const [whole, slow] = [waiting.enter(), waiting.enter()];
  assertEquals([whole?.hold(10), whole?.take(), slow?.hold(MOST_BYTES - 10)], [true, true, true]);
  clocks.setTo(FAIR_MS - 1);
  const late = waiting.enter();
  assertEquals(late?.hold(1), false);
  clocks.setTo(FAIR_MS);
  // It does not make room for itself.
  assertEquals([slow?.hold(1), slow?.signal.aborted], [false, false]);
  assertEquals([late?.hold(MOST_BYTES - 10), slow?.signal.aborted], [true, true]);
  slow?.leave();
  assertEquals([late?.hold(1), whole?.signal.aborted], [false, false]);
});

Deno.test("waiting requests: all bodies share one room, and who leaves gives back all of his", () => {
  const waiting = new WaitingRequests(new DrivenClocks());
  const [one, other] = [waiting.enter(), waiting.enter()];
  assertEquals([one?.hold(MOST_BYTES - 10), other?.hold(11), other?.hold(10)], [true, false, true]);
  assertEquals(one?.hold(1), false);
  one?.leave();
  assertEquals([other?.hold(MOST_BYTES - 10), other?.hold(1)], [true, false]);
});

Deno.test("waiting requests: all that wait are taken together, and each hears of its own", async () => {
  const clocks = new DrivenClocks();
  const waiting = new WaitingRequests(clocks);
  const taking = waiting.take();
  const first = waiting.outcomesOf([PUSH]);
  const second = waiting.outcomesOf([PUSH, PUSH]);
  const taken = await taking;
  assertEquals(taken?.map(({ findings }) => findings.length), [1, 2]);
  taken?.[1]?.settle(["routed", "limited"]);
  taken?.[0]?.settle(["routed"]);
  assertEquals(await Promise.all([first, second]), [["routed"], ["routed", "limited"]]);
  assertEquals(clocks.pending, 0);
});

Deno.test("waiting requests: who waits too long is told, and not taken any more", async () => {
  const clocks = new DrivenClocks();
  const waiting = new WaitingRequests(clocks);
  const late = refusal(waiting.outcomesOf([PUSH]));
  goTo(clocks, WAIT_MS - 1);
  assertEquals(clocks.pending, 1);
  goTo(clocks, WAIT_MS);
  assertEquals(await late, "the hub is busy");
  const next = waiting.outcomesOf([PUSH, PUSH]);
  const taken = await waiting.take();
  assertEquals(taken?.map(({ findings }) => findings.length), [2]);
  taken?.[0]?.settle([]);
  await next;
});

Deno.test("waiting requests: at the end who waits is told, and what was taken has a moment", async () => {
  const clocks = new DrivenClocks();
  const waiting = new WaitingRequests(clocks);
  const [settled, unsettled] = [waiting.outcomesOf([PUSH]), refusal(waiting.outcomesOf([PUSH]))];
  const taken = await waiting.take();
  const untaken = refusal(waiting.outcomesOf([PUSH]));
  waiting.close();
  assertEquals(await untaken, "it stops");
  taken?.[0]?.settle(["routed"]);
  assertEquals(await settled, ["routed"]);
  assertEquals([clocks.pending, clocks.nextDue], [1, 300]);
  goTo(clocks, 300);
  assertEquals(await unsettled, "it stops");
});

Deno.test("waiting requests: after the end nothing comes in and nothing is taken", async () => {
  const waiting = new WaitingRequests(new DrivenClocks());
  const taking = waiting.take();
  waiting.close();
  assertEquals([await taking, waiting.enter(), waiting.signal.aborted], [
    undefined,
    undefined,
    true,
  ]);
  assertEquals(await refusal(waiting.outcomesOf([PUSH])), "it stops");
  assertEquals(await waiting.take(), undefined);
});
