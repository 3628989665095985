import { assertEquals } from "@std/assert";
import { Wakeup } from "../../lib/client/wakeup.ts";

Deno.test("Wakeup.wake() wakes everybody who waits, once, and remembers nothing", async () => {
  const wakeup = new Wakeup();
  const woken: string[] = [];
  wakeup.wake();
  const first = wakeup.wait().then(() => woken.push("first"));
  const second = wakeup.wait().then(() => woken.push("second"));
  wakeup.wake();
  const third = wakeup.wait().then(() => woken.push("third"));
  await Promise.all([first, second]);
  assertEquals(woken, ["first", "second"]);
  wakeup.wake();
  await third;
});
