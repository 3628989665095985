import { assert, assertEquals, assertRejects } from "@std/assert";
import { stop } from "../../lib/client/control.ts";
import { NoHubError } from "../../lib/client/errors.ts";
import { endByForce } from "../../lib/client/force.ts";
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

test("endByForce() ends nobody where the one who took the lock has ended", async ({ paths }) => {
  // `flock` takes it on a descriptor that it shares with the shell, and ends. The system goes on to
  // name it, by a number that may be anybody's.
  const script = 'exec 9>"$0"; flock -n 9 || exit 1; echo; exec sleep 60';
  const args = ["-c", script, paths.lock];
  const holder = new Deno.Command("sh", { args, stdout: "piped" }).spawn();
  const reader = holder.stdout.getReader();
  await reader.read();
  try {
    const error = await assertRejects(() => endByForce(paths), BusError);
    assertEquals(error.message, `cannot tell which process holds ${paths.lock}`);
  } finally {
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
  }
});

test("stop() by force says which process it ended, and how", async ({ paths }) => {
  await using holder = await LockHolder.start(paths);
  const { socket } = paths;
  assertEquals(await stop({ socket, force: true }), { pid: holder.pid, by: "terminated" });
});
