import { assertEquals } from "@std/assert";
import { TouchedPaths } from "../../../lib/source/watch/touched_paths.ts";
import { DrivenClocks } from "../../server/driven_clocks.ts";

Deno.test("touched paths: one is due when nothing has happened at it for a time", () => {
  const clocks = new DrivenClocks();
  const touched = new TouchedPaths(clocks, 100, 3);
  touched.touch(["a"]);
  clocks.setTo(60);
  touched.touch(["b", "a"]);
  clocks.setTo(100);
  touched.touch(["c"]);
  assertEquals([touched.due, touched.take()], [160, []]);
  assertEquals(touched.touch(["d"]), false);
  clocks.setTo(160);
  assertEquals(touched.take(), ["a", "b"]);
  assertEquals([touched.has("a"), touched.has("c"), touched.due], [false, true, 200]);
});

Deno.test("touched paths: one at which something happens for ever is due each second, or ten times", () => {
  for (const [rest, longest] of [[50, 1_000], [100, 1_000], [500, 5_000]] as const) {
    const clocks = new DrivenClocks();
    const touched = new TouchedPaths(clocks, rest, 3);
    for (let now = 0; now < longest; now += rest / 2) {
      clocks.setTo(now);
      touched.touch(["a"]);
      assertEquals(touched.take(), []);
    }
    clocks.setTo(longest);
    assertEquals(touched.take(), ["a"]);
  }
});
