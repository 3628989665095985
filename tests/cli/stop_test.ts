import { assertEquals } from "@std/assert";
import { Place } from "./bus.ts";

Deno.test("stop returns when the hub has gone, and says which", async () => {
  await using place = new Place();
  const hub = await place.hub();
  assertEquals(await place.run(["stop"]), {
    code: 0,
    stdout: "",
    stderr: `stopped the hub on ${place.socket} (pid ${hub.pid})\n`,
  });
  assertEquals((await hub.ends()).code, 0);
  const { code, stderr } = await place.run(["stop"]);
  const hint = `start one with: bus serve --socket ${place.socket}`;
  assertEquals([code, stderr], [3, `error: no hub on ${place.socket} (${hint})\n`]);
});
