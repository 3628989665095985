/**
 * A hub that was started at a terminal ends with it.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { assertAbsent, Place, type StartOptions } from "./kit.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

/** Starts a hub whose ends are a terminal. Returns the program that holds it, and the hub's pid. */
async function atTerminal(
  place: Place,
  { flags = "", ...options }: StartOptions & { flags?: string } = {},
): Promise<[Running, pid: number]> {
  const args = ["--quiet", "--return", "--command", `exec bus serve ${flags}`, "/dev/null"];
  const terminal = place.start(args, { ...options, command: "script" });
  const pid = () => /listening on .*\(pid (\d+)\)/.exec(terminal.stdout)?.[1];
  await eventually("the hub listens", () => pid() !== undefined);
  return [terminal, Number(pid())];
}

/** Waits until a hub's lock is free: nothing of it is left. */
async function gone(place: Place): Promise<void> {
  using lock = await Deno.open(`${place.socket}.lock`, { read: true, write: true });
  await eventually("the hub has gone", () => lock.tryLock(true));
  await assertAbsent(place.socket);
}

for (
  const [what, flags] of [["", ""], [", one that logs to a file too", "--log hub.log"]] as const
) {
  Deno.test(`hangup: SIGHUP ends a hub at a terminal${what}`, async () => {
    await using place = await Place.empty();
    const [terminal, pid] = await atTerminal(place, { flags });
    const consumer = await place.consume(["k", "--types", "t", "--no-reconnect"]);
    Deno.kill(pid, "SIGHUP");
    assertEquals((await terminal.end()).code, 0);
    const { code, stderr } = await consumer.end();
    assertEquals(code, 4);
    assertMatch(stderr, /was stopped/);
    await gone(place);
  });
}

Deno.test("hangup: a hub ends when its terminal goes", async () => {
  await using place = await Place.empty();
  const [terminal] = await atTerminal(place);
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  await wire.frame();
  terminal.signal("SIGKILL");
  assertEquals(await wire.frame(), { type: "bye", reason: "stopped" });
  await gone(place);
});

Deno.test("hangup: a hub at a terminal ends at Ctrl-C", async () => {
  await using place = await Place.empty();
  const [terminal] = await atTerminal(place, { stdin: "open" });
  await terminal.write("\x03");
  assertEquals((await terminal.end()).code, 0);
  await gone(place);
});
