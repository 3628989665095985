import { assertEquals, assertRejects } from "@std/assert";
import { orAborted } from "../../lib/platform/aborted.ts";

Deno.test("orAborted() gives what the promise gives, failures too", async () => {
  const { signal } = new AbortController();
  assertEquals(await orAborted(Promise.resolve(7), signal), 7);
  await assertRejects(() => orAborted(Promise.reject(new TypeError("x")), signal), TypeError, "x");
});

Deno.test("orAborted() gives nothing when the signal fires, before or meanwhile", async () => {
  const never = new Promise<number>(() => {});
  assertEquals(await orAborted(never, AbortSignal.abort()), undefined);
  const controller = new AbortController();
  const waiting = orAborted(never, controller.signal);
  controller.abort();
  assertEquals(await waiting, undefined);
});
