import { assertEquals } from "@std/assert";
import { inNextTurn, nextTurn } from "../../lib/platform/turn.ts";

Deno.test("inNextTurn() calls back in a turn of its own, in the order of asking", async () => {
  const calls: string[] = [];
  inNextTurn(() => calls.push("first"));
  inNextTurn(() => calls.push("second"));
  calls.push("now");
  await Promise.resolve();
  calls.push("this turn");
  await nextTurn();
  assertEquals(calls, ["now", "this turn", "first", "second"]);
});

Deno.test("inNextTurn() leaves what is asked for within a turn to the next", async () => {
  const turns: number[] = [];
  let turn = 0;
  const again = (left: number) => {
    turns.push(turn);
    if (left > 0) inNextTurn(() => again(left - 1));
  };
  inNextTurn(() => again(2));
  for (; turns.length < 3; turn++) await nextTurn();
  assertEquals(turns, [0, 1, 2]);
});

Deno.test("nextTurn() lets a timer that is due come first, however often it is taken", async () => {
  let rang = false;
  setTimeout(() => rang = true, 0);
  const end = performance.now() + 2_000;
  while (!rang && performance.now() < end) await nextTurn();
  assertEquals(rang, true);
});
