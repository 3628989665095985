import { assertEquals } from "@std/assert";
import { BODY_MS } from "../../../lib/source/http/body.ts";
import { FAIR_MS } from "../../../lib/source/http/listener.ts";
import { WAIT_MS } from "../../../lib/source/http/waiting_requests.ts";
import type { Outcome } from "../../../lib/source/source.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";
import { AlarmWatch, Hooks } from "./kit.ts";
import { RawHttp, request } from "./raw_http.ts";

Deno.test("http slow bodies: those who send no body keep out nobody who does", async () => {
  const clocks = new AlarmWatch(new DrivenClocks());
  await using hooks = await Hooks.open({}, undefined, clocks);
  using clients = new DisposableStack();
  for (let count = 0; count < 70; count++) {
    const client = clients.use(await RawHttp.connect(hooks.url));
    await client.send(request("", { "content-length": "100" }));
  }
  await clocks.untilSet(BODY_MS, 70);
  assertEquals(await hooks.status("1"), 202);
  assertEquals(hooks.context.lines, []);
});

Deno.test("http slow bodies: a body that comes slowly makes room where its bytes are needed", async () => {
  const driven = new DrivenClocks();
  const clocks = new AlarmWatch(driven);
  const release = Promise.withResolvers<Outcome>();
  await using hooks = await Hooks.open({}, () => release.promise, clocks);
  const body = `"${"x".repeat(1_040_000)}"`;
  const waiting: Promise<number>[] = [];
  for (let count = 1; count <= 7; count++) {
    waiting.push(hooks.status(body));
    await clocks.untilSet(WAIT_MS, count);
  }
  using slow = await RawHttp.connect(hooks.url);
  await slow.send(request(body).slice(0, -1));
  await clocks.untilSet(BODY_MS, 1);
  driven.setTo(FAIR_MS);
  waiting.push(hooks.status(body));
  // Its bytes may all be there by now, or still on their way.
  assertEquals(await slow.status(), 503);
  release.resolve("routed");
  assertEquals(await Promise.all(waiting), Array(8).fill(202));
});
