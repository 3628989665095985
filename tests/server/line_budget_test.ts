import { assertEquals } from "@std/assert";
import { nextTurn } from "../../lib/platform/turn.ts";
import { LineBudget } from "../../lib/server/line_budget.ts";
import { settle } from "./peer.ts";

/** Spends again and again, and notes who has spent in which turn. */
async function spend(
  budget: LineBudget,
  who: string,
  times: number,
  log: (who: string) => void,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    await budget.spend(10);
    log(who);
  }
}

Deno.test("LineBudget.spend() lets as many lines through in a turn as there may be, then in the next", async () => {
  const budget = new LineBudget(30);
  let spent = 0;
  void spend(budget, "", 7, () => spent++);
  const byTurn: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await nextTurn();
    byTurn.push(spent);
  }
  assertEquals(byTurn, [3, 6, 7, 7]);
});

Deno.test("LineBudget.spend() serves those who wait in their order, one after the other", async () => {
  const budget = new LineBudget(20);
  const order: string[] = [];
  for (const who of ["a", "b", "c"]) void spend(budget, who, 3, (who) => order.push(who));
  await settle();
  assertEquals(order.length, 9);
  // Nobody had all of its three before another had its first.
  assertEquals([...order.slice(0, 6)].sort(), ["a", "a", "b", "b", "c", "c"]);
});

Deno.test("LineBudget.lift() makes nobody wait, those who do included", async () => {
  const budget = new LineBudget(10);
  let spent = 0;
  void spend(budget, "", 50, () => spent++);
  await nextTurn();
  budget.lift();
  await nextTurn();
  await nextTurn();
  assertEquals(spent, 50);
});
