import { assertEquals, assertRejects } from "@std/assert";
import { Refusal } from "../../../lib/source/http/answers.ts";
import {
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

Deno.test("waiting requests: only so many are under way, and one that leaves makes room", () => {
  const waiting = new WaitingRequests(new DrivenClocks());
  const places = Array.from({ length: MOST_REQUESTS }, () => waiting.enter());
  assertEquals([places.includes(undefined), waiting.enter()], [false, undefined]);
  places[0]?.leave();
  assertEquals([waiting.enter() === undefined, waiting.enter()], [false, undefined]);
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
