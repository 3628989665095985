import { assert, assertEquals, assertRejects } from "@std/assert";
import { LATE, orLate, pause } from "../../lib/client/deadline.ts";

Deno.test("orLate() gives what comes in time, and what fails in time", async () => {
  assertEquals(await orLate(10_000, Promise.resolve("answer")), "answer");
  await assertRejects(() => orLate(10_000, Promise.reject(new RangeError("no"))), RangeError);
});

Deno.test("orLate() gives LATE for what does not come, and forgets that it fails later", async () => {
  const late = Promise.withResolvers<never>();
  assertEquals(await orLate(1, late.promise), LATE);
  late.reject(new Error("nobody hears this"));
  await orLate(1, Promise.resolve());
});

Deno.test("orLate() lets what has arrived be read before it gives up", async () => {
  const dir = await Deno.makeTempDir();
  using listener = Deno.listen({ transport: "unix", path: `${dir}/x.sock` });
  using hub = await Deno.connect({ transport: "unix", path: `${dir}/x.sock` });
  using client = await listener.accept();
  const answer = client.read(new Uint8Array(6));
  const outcome = orLate(1, answer);
  // The answer comes while this process stands still until after the deadline.
  const written = hub.write(new TextEncoder().encode("answer"));
  for (const until = performance.now() + 20; performance.now() < until;);
  assertEquals(await outcome, 6);
  await Promise.all([answer, written]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("pause() ends with its signal, at once if that has fired", async () => {
  const controller = new AbortController();
  const start = performance.now();
  const pausing = pause(60_000, controller.signal);
  controller.abort();
  await pausing;
  await pause(60_000, controller.signal);
  await pause(1, new AbortController().signal);
  assert(performance.now() - start < 30_000);
});
