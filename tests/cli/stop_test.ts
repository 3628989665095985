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

Deno.test("stop names the process and --force where the socket is gone but the lock is held", async () => {
  await using place = new Place();
  const hub = await place.hub();
  await Deno.remove(place.socket);
  const { code, stderr } = await place.run(["stop"]);
  assertEquals([code, stderr], [
    1,
    `error: the socket ${place.socket} is gone, but process ${hub.pid} still holds ` +
    `${place.socket}.lock (end it with: bus stop --force --socket ${place.socket})\n`,
  ]);
  assertEquals(await place.run(["stop", "--force"]), {
    code: 0,
    stdout: "",
    stderr: `ended the hub on ${place.socket} (pid ${hub.pid}) by SIGTERM\n`,
  });
  assertEquals((await hub.ends()).code, 0);
});

Deno.test("stop and status refuse flags that contradict each other", async () => {
  await using place = new Place();
  const cases: [args: string[], line: string][] = [
    [
      ["stop", "--all", "--name", "a"],
      "--all and --name do not go together (leave one of them out)",
    ],
    [
      ["status", "--all", "--socket", "/a"],
      "--all and --socket do not go together (leave one of them out)",
    ],
    [["status", "--fail-on-orphan"], "--fail-on-orphan needs --all (add --all)"],
  ];
  for (const [args, line] of cases) {
    assertEquals(await place.run(args), { code: 2, stdout: "", stderr: `error: ${line}\n` });
  }
});
