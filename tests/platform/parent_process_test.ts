import { assertEquals } from "@std/assert";
import { parentProcess } from "../../lib/platform/parent_process.ts";

Deno.test({
  name: "parentProcess() of this process, of a child, and of one that is not there",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assertEquals(await parentProcess(Deno.pid), Deno.ppid);
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    assertEquals(await parentProcess(child.pid), Deno.pid);
    child.kill("SIGKILL");
    await child.status;
    // Pids end at 2^22.
    assertEquals(await parentProcess(2 ** 22 + 1), undefined);
  },
});
