/**
 * Every hub of the user: found, told apart, stopped, and ended by force.
 */

import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import type { Running } from "./running.ts";

/** Starts a hub that is not the one that is meant where nothing is said. */
async function otherHub(place: Place, which: string): Promise<Running> {
  const hub = place.start(["serve", which]);
  await hub.says(/^listening on /);
  return hub;
}

/** A running hub, one that was killed, and one that hangs; and one that goes by no name. */
async function hubsOfAllKinds(place: Place): Promise<{ running: Running; hung: Running }> {
  const running = await place.serve();
  const killed = await otherHub(place, "--name=killed");
  const hung = await otherHub(place, "--name=hung");
  await otherHub(place, `--socket=${place.directory}/given.sock`);
  killed.signal("SIGKILL");
  await killed.end();
  await hung.freeze();
  return { running, hung };
}

Deno.test("all: status tells a running hub, one that is not, and an orphan apart", async () => {
  await using place = await Place.ofNames();
  const { running, hung } = await hubsOfAllKinds(place);
  await place.publish({ event_type: "t", payload: 1 });
  const directory = `${place.directory}/bus`;

  const table = await place.run(["status", "--all"]);
  assertEquals([table.code, table.stderr], [0, ""]);
  const number = (pid: number) => String(pid).padStart(`${Math.max(running.pid, hung.pid)}`.length);
  const [head, first, second, third, ...rest] = table.stdout.split("\n");
  assertMatch(head ?? "", /^NAME +STATE +PID +UP +CONSUMERS +PUBLISHED$/);
  assertMatch(
    first ?? "",
    new RegExp(`^default +running +${number(running.pid)} +\\d+s +0 +1$`),
  );
  assertMatch(second ?? "", new RegExp(`^hung +orphan +${number(hung.pid)} +- +- +-$`));
  assertMatch(third ?? "", /^killed +not running +- +- +- +-$/);
  assertEquals(rest, [
    "",
    `hung: process ${hung.pid} holds it and does not answer ` +
    "(end it with: bus stop --force --name hung)",
    "",
    "Hubs on a path given with --socket are not listed.",
    "",
  ]);

  const json = await place.run(["status", "--all", "--json", "--fail-on-orphan"]);
  assertEquals([json.code, json.stderr], [1, "error: 1 orphan: hung\n"]);
  const found = JSON.parse(json.stdout);
  assertEquals(found.directory, directory);
  assertEquals(
    found.hubs.map(({ name, state, pid }: Record<string, unknown>) => [name, state, pid]),
    [
      ["default", "running", running.pid],
      ["hung", "orphan", hung.pid],
      ["killed", "not_running", undefined],
    ],
  );
  assertEquals(found.hubs[0].status.published, 1);
  assertEquals(found.hubs[0].socket, `${directory}/default.sock`);
  hung.thaw();
  await place.run(["stop", "--name", "hung"]);
  assertEquals((await place.run(["status", "--all", "--fail-on-orphan"])).code, 0);
});

Deno.test("all: stop stops each hub that answers, and names the way to end one that does not", async () => {
  await using place = await Place.ofNames();
  const { running, hung } = await hubsOfAllKinds(place);
  const bus = `${place.directory}/bus`;
  const stopped = await place.run(["stop", "--all"]);
  assertEquals(stopped.code, 1);
  assertEquals(stopped.stderr.trimEnd().split("\n").sort(), [
    `error: the hub on ${bus}/hung.sock (pid ${hung.pid}) does not answer ` +
    "(end it with: bus stop --force --name hung)",
    `stopped the hub on ${bus}/default.sock (pid ${running.pid})`,
  ]);
  assertEquals((await running.end()).code, 0);

  const start = performance.now();
  assertEquals(await place.run(["stop", "--all", "--force"]), {
    code: 0,
    stdout: "",
    stderr: `killed the hub on ${bus}/hung.sock (pid ${hung.pid}): ` +
      "it did not end within 5 s of SIGTERM\n",
  });
  assertGreaterOrEqual(performance.now() - start, 5_000);
  assertEquals((await hung.end()).code, 128 + 9);
  assertEquals(await place.run(["stop", "--all"]), {
    code: 0,
    stdout: "",
    stderr: `no hub is running in ${bus}\n`,
  });
  // The one that goes by no name is none of them.
  assertEquals((await place.run(["stop", "--socket", `${place.directory}/given.sock`])).code, 0);
});

Deno.test("all: stop --force ends the hub that is meant and no other, in good order if it can", async () => {
  await using place = await Place.ofNames();
  const other = await otherHub(place, "--name=other");
  const hub = await place.serve();
  assertEquals(await place.run(["stop", "--force"]), {
    code: 0,
    stdout: "",
    stderr: `ended the hub on ${place.socket} (pid ${hub.pid}) by SIGTERM\n`,
  });
  assertEquals((await hub.end()).code, 0);
  await assertAbsent(place.socket);
  const again = await place.run(["stop", "--force"]);
  assertEquals([again.code, other.hasEnded], [3, false]);
});

Deno.test("all: stop names the process that holds the lock where the socket is gone", async () => {
  await using place = await Place.ofNames();
  const hub = await place.serve();
  await Deno.remove(place.socket);
  const lock = `${place.directory}/bus/default.lock`;
  assertEquals(await place.run(["stop"]), {
    code: 1,
    stdout: "",
    stderr: `error: the socket ${place.socket} is gone, but process ${hub.pid} still holds ` +
      `${lock} (end it with: bus stop --force)\n`,
  });
  assertEquals((await place.run(["status", "--all", "--fail-on-orphan"])).code, 1);
  assertEquals((await place.run(["stop", "--force"])).code, 0);
  assertEquals((await hub.end()).code, 0);
});
