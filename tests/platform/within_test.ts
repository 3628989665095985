import { assertEquals, assertRejects } from "@std/assert";
import { pauseFor, within } from "../../lib/platform/within.ts";
import { DrivenClocks } from "../server/driven_clocks.ts";

const NEVER = new Promise<void>(() => {});

Deno.test("within() waits until it is done, failures too, and leaves no alarm behind", async () => {
  const clocks = new DrivenClocks();
  await within(clocks, 100, Promise.resolve(7));
  await assertRejects(() => within(clocks, 100, Promise.reject(new TypeError("x"))), TypeError);
  assertEquals(clocks.pending, 0);
});

Deno.test("within() waits no longer than it is told to", async () => {
  const clocks = new DrivenClocks();
  const waiting = within(clocks, 100, NEVER);
  assertEquals(clocks.nextDue, 100);
  clocks.setTo(100);
  clocks.ring();
  await waiting;
});

Deno.test("pauseFor() ends with its time or with the signal, and leaves no alarm behind", async () => {
  const clocks = new DrivenClocks();
  const over = new AbortController();
  const whole = pauseFor(clocks, 100, over.signal);
  clocks.setTo(100);
  clocks.ring();
  await whole;
  const ended = pauseFor(clocks, 100, over.signal);
  assertEquals(clocks.nextDue, 200);
  over.abort();
  await ended;
  await pauseFor(clocks, 100, over.signal);
  assertEquals(clocks.pending, 0);
});
