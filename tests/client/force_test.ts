import { assert, assertEquals, assertRejects } from "@std/assert";
import { stop } from "../../lib/client/control.ts";
import { NoHubError } from "../../lib/client/errors.ts";
import { endByForce } from "../../lib/client/force.ts";
import { hubPid } from "../../lib/client/hub_lock.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { LockHolder } from "./lock_holder.ts";
import { SocketPlace } from "./socket_hub.ts";

/** Who holds a lock is known where there is a `/proc`. */
function test(name: string, fn: (place: SocketPlace) => Promise<void>) {
  Deno.test({
    name,
    ignore: Deno.build.os !== "linux",
    async fn() {
      await using place = await SocketPlace.make();
      await fn(place);
    },
  });
}

test("endByForce() ends the process that holds the lock by SIGTERM", async ({ paths }) => {
  await using holder = await LockHolder.start(paths);
  assertEquals(await endByForce(paths), { pid: holder.pid, end: "terminated" });
  assertEquals((await holder.status).signal, "SIGTERM");
});

test("endByForce() kills one that goes on, after its time and not before", async ({ paths }) => {
  await using holder = await LockHolder.start(paths, { deaf: true });
  const start = performance.now();
  const ending = endByForce(paths, 200);
  assertEquals((await holder.lines.next()).value, "SIGTERM");
  assertEquals(await ending, { pid: holder.pid, end: "killed" });
  assert(performance.now() - start >= 199);
  assertEquals((await holder.status).signal, "SIGKILL");
});

test("endByForce() kills one that stands still", async ({ paths }) => {
  await using holder = await LockHolder.start(paths);
  Deno.kill(holder.pid, "SIGSTOP");
  assertEquals(await endByForce(paths, 50), { pid: holder.pid, end: "killed" });
});

test("endByForce() ends nobody where the lock is free, or there is none", async ({ paths }) => {
  await assertRejects(() => endByForce(paths), NoHubError);
  (await Deno.open(paths.lock, { create: true, write: true })).close();
  await assertRejects(() => endByForce(paths), NoHubError);
});

test("endByForce() ends nobody who only tried the lock", async (place) => {
  const file = await place.lock();
  setTimeout(() => file.close(), 5);
  await assertRejects(() => endByForce(place.paths), NoHubError);
});

test("endByForce() ends nobody who has handed the lock on, though the system names him", async ({ paths }) => {
  // The child has the file open, the parent no longer; what the system names is who took the lock.
  const script = `open F, ">", $ARGV[0] or die; flock F, 6 or die; $| = 1;
    my $child = fork; if ($child) { close F; print "$child\n" } sleep 60`;
  const args = ["-e", script, paths.lock];
  const taker = new Deno.Command("perl", { args, stdout: "piped" }).spawn();
  const reader = taker.stdout.getReader();
  const child = Number(new TextDecoder().decode((await reader.read()).value));
  assertEquals(await hubPid(paths), taker.pid);
  const error = await assertRejects(() => endByForce(paths), BusError);
  assertEquals(error.message, `cannot tell which process holds ${paths.lock}`);
  // Both are still there.
  for (const pid of [child, taker.pid]) Deno.kill(pid, "SIGKILL");
  assertEquals((await taker.status).signal, "SIGKILL");
  await reader.cancel();
});

test("stop() by force says which process it ended, and how", async ({ paths }) => {
  await using holder = await LockHolder.start(paths);
  const { socket } = paths;
  assertEquals(await stop({ socket, force: true }), { pid: holder.pid, by: "terminated" });
});
