import { assertEquals, assertThrows } from "@std/assert";
import { Ledger } from "../../lib/hub/ledger.ts";

Deno.test("Ledger.used is what was charged less what was given back", () => {
  const ledger = new Ledger(1000);
  ledger.charge(300);
  ledger.chargeWrite(200);
  ledger.release(100);
  assertEquals(ledger.used, 400);
  ledger.releaseWrite(200);
  ledger.release(200);
  assertEquals(ledger.used, 0);
});

Deno.test("Ledger keeps an eighth for writes: what waits is freed before it fills that part", () => {
  const ledger = new Ledger(800);
  let reliefs = 0;
  ledger.relieveBy(() => {
    if (ledger.used < 50) return false;
    reliefs++;
    ledger.release(50);
    return true;
  });
  ledger.charge(700);
  assertEquals({ reliefs, used: ledger.used }, { reliefs: 0, used: 700 });
  ledger.charge(1);
  assertEquals({ reliefs, used: ledger.used }, { reliefs: 1, used: 651 });
  ledger.chargeWrite(149);
  assertEquals({ reliefs, used: ledger.used }, { reliefs: 1, used: 800 });
  ledger.chargeWrite(1);
  assertEquals({ reliefs, used: ledger.used }, { reliefs: 2, used: 751 });
});

Deno.test("Ledger lets what waits fill what writes leave of its limit", () => {
  const ledger = new Ledger(800);
  let reliefs = 0;
  ledger.relieveBy(() => {
    reliefs++;
    ledger.release(100);
    return true;
  });
  ledger.chargeWrite(400);
  ledger.charge(400);
  assertEquals(reliefs, 0);
  ledger.charge(1);
  assertEquals(reliefs, 1);
});

Deno.test("Ledger frees no more than it has to", () => {
  const ledger = new Ledger(800);
  let freed = 0;
  ledger.relieveBy(() => {
    if (freed >= 735) return false;
    freed += 10;
    ledger.release(10);
    return true;
  });
  ledger.charge(735);
  assertEquals({ freed, used: ledger.used }, { freed: 40, used: 695 });
});

Deno.test("Ledger tries a relief only after those added before it have none to free", () => {
  const ledger = new Ledger(800);
  const tried: string[] = [];
  let channels = 2;
  ledger.relieveBy(() => {
    if (channels-- <= 0) return false;
    tried.push("channel");
    ledger.release(10);
    return true;
  });
  ledger.relieveBy(() => {
    if (ledger.used < 10) return false;
    tried.push("line");
    ledger.release(10);
    return true;
  });
  ledger.charge(740);
  assertEquals(tried, ["channel", "channel", "line", "line"]);
});

Deno.test("Ledger goes over its limit where nobody has anything to free, and frees later", () => {
  const ledger = new Ledger(800);
  let freeable = false;
  ledger.relieveBy(() => {
    if (!freeable || ledger.used < 500) return false;
    ledger.release(500);
    return true;
  });
  ledger.charge(1000);
  assertEquals(ledger.used, 1000);
  freeable = true;
  ledger.charge(1);
  assertEquals(ledger.used, 501);
});

Deno.test("Ledger relieves nothing anew for a charge from within a relief", () => {
  const ledger = new Ledger(800);
  let depth = 0;
  let deepest = 0;
  ledger.relieveBy(() => {
    if (ledger.used < 300) return false;
    deepest = Math.max(deepest, ++depth);
    // As for the error frame to whom its line was taken from.
    ledger.charge(20);
    ledger.release(300);
    depth--;
    return true;
  });
  ledger.charge(900);
  assertEquals({ deepest, used: ledger.used }, { deepest: 1, used: 620 });
});

Deno.test("Ledger relieves again after a relief that threw", () => {
  const ledger = new Ledger(800);
  let broken = true;
  ledger.relieveBy(() => {
    if (broken) throw new RangeError("broken");
    const { used } = ledger;
    ledger.release(used);
    return used > 0;
  });
  assertThrows(() => ledger.charge(900), RangeError, "broken");
  broken = false;
  ledger.charge(1);
  assertEquals(ledger.used, 0);
});

Deno.test("Ledger.roomToWrite is what is left of half of the limit, whatever waits", () => {
  const ledger = new Ledger(800);
  assertEquals(ledger.roomToWrite, 400);
  ledger.chargeWrite(300);
  ledger.charge(500);
  assertEquals(ledger.roomToWrite, 100);
  ledger.chargeWrite(200);
  assertEquals(ledger.roomToWrite, 0);
  ledger.releaseWrite(500);
  assertEquals(ledger.roomToWrite, 400);
});
