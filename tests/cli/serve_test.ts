import { assertEquals } from "@std/assert";
import { Place } from "./bus.ts";

Deno.test("serve says where it listens and ends with 0 when it is stopped, by whatever", async () => {
  await using place = new Place();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const hub = await place.hub();
    assertEquals(hub.stderr, `listening on ${place.socket} (pid ${hub.pid})\n`);
    hub.kill(signal);
    assertEquals((await hub.ends()).code, 0);
  }
});

Deno.test("serve on a socket that has a hub is refused, in one line", async () => {
  await using place = new Place();
  await place.hub();
  const { code, stdout, stderr } = await place.run(["serve"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr.startsWith(`error: another hub is running on ${place.socket} (`),
    true,
    stderr,
  );
  assertEquals(stderr.split("\n").length, 2);
});

Deno.test("serve takes the limits that it is given", async () => {
  await using place = new Place();
  const hub = place.start(["serve", "--memory", "16MiB", "--capability", "canonical_metadata_v1"]);
  await hub.says("listening on ");
  const { stdout } = await place.run(["status", "--json"]);
  const { buffered_limit, capabilities } = JSON.parse(stdout);
  assertEquals([buffered_limit, capabilities.at(-1)], [16 * 1024 * 1024, "canonical_metadata_v1"]);
});
