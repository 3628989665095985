import { assertEquals } from "@std/assert";
import { silentFailure, stoppedLine } from "../../lib/cli/stop_lines.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";

const PATHS: HubPaths = {
  socket: "/tmp/a.sock",
  lock: "/tmp/a.sock.lock",
  directory: "/tmp",
  ownDirectory: false,
  log: "/state/bus/a.log",
};

Deno.test("stoppedLine() says of each way to stop a hub which it was", () => {
  const line = (by: "asked" | "terminated" | "killed", pid?: number) =>
    stoppedLine("/tmp/a.sock", { pid, by });
  assertEquals(line("asked", 7), "stopped the hub on /tmp/a.sock (pid 7)");
  assertEquals(line("asked"), "stopped the hub on /tmp/a.sock");
  assertEquals(line("terminated", 7), "ended the hub on /tmp/a.sock (pid 7) by SIGTERM");
  assertEquals(
    line("killed", 7),
    "killed the hub on /tmp/a.sock (pid 7): it did not end within 5 s of SIGTERM",
  );
});

Deno.test("silentFailure() names the process and the way to end it", () => {
  const cases: [pid: number | undefined, hasSocket: boolean, message: string][] = [
    [7, true, "the hub on /tmp/a.sock (pid 7) does not answer"],
    [undefined, true, "the hub on /tmp/a.sock does not answer"],
    [undefined, false, "the hub on /tmp/a.sock does not answer"],
    [7, false, "the socket /tmp/a.sock is gone, but process 7 still holds /tmp/a.sock.lock"],
  ];
  for (const [pid, hasSocket, message] of cases) {
    const failure = silentFailure(PATHS, pid, hasSocket);
    assertEquals([failure.code, failure.message], ["hub_silent", message]);
    assertEquals(failure.hint, "end it with: bus stop --force --socket /tmp/a.sock");
  }
});
