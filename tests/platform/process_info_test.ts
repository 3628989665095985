import { assertEquals } from "@std/assert";
import { processInfo, readStat } from "../../lib/platform/process_info.ts";

Deno.test("readStat() reads the program's name, whatever it holds", () => {
  assertEquals(readStat(7, "7 (bus) S 1 7 7 0"), { pid: 7, program: "bus", isStopped: false });
  assertEquals(readStat(7, "7 (a) T (b) R 1"), { pid: 7, program: "a) T (b", isStopped: false });
  assertEquals(readStat(7, "7 (a\x1b\n) S 1").program, "a\\x1b\\n");
});

Deno.test("readStat() tells one that stands still, stopped or traced", () => {
  assertEquals(readStat(7, "7 (bus) T 1").isStopped, true);
  assertEquals(readStat(7, "7 (bus) t 1").isStopped, true);
  assertEquals(readStat(7, "7 (bus) Z 1").isStopped, false);
});

Deno.test({
  name: "processInfo() of a process, and of one that is not there",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const own = await processInfo(Deno.pid);
    assertEquals([own.pid, own.isStopped], [Deno.pid, false]);
    // Pids end at 2^22.
    assertEquals(await processInfo(2 ** 22 + 1), { pid: 2 ** 22 + 1, isStopped: false });
  },
});
