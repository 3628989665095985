import { assertEquals } from "@std/assert";
import { inNextTurn, lookBy, nextTurn } from "../../lib/platform/turn.ts";

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

/** Does nothing else for so long. */
function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

Deno.test("lookBy() has a look waited for before a turn, where the last one is 2 ms ago", async () => {
  const order: string[] = [];
  const end = lookBy(async () => {
    order.push("look");
    await Promise.resolve();
    order.push("looked");
  });
  for (let turn = 0; turn < 3; turn++) {
    keepBusy(2);
    await nextTurn();
    order.push("turn");
  }
  end();
  keepBusy(2);
  await nextTurn();
  const whole = ["look", "looked", "turn"];
  assertEquals(order, [...whole, ...whole, ...whole]);
});

Deno.test("lookBy() holds up nobody when the look fails", async () => {
  const end = lookBy(() => Promise.reject(new Deno.errors.BadResource("closed")));
  keepBusy(2);
  await nextTurn();
  end();
});
