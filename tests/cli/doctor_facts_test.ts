import { assert, assertEquals } from "@std/assert";
import { findFacts } from "../../lib/cli/doctor_facts.ts";
import { accept, SocketPlace } from "../client/socket_hub.ts";

/** A socket that nobody listens on any more, as a killed hub leaves it. */
async function leaveStaleSocket(place: SocketPlace): Promise<void> {
  const { socket } = place.paths;
  const listener = Deno.listen({ transport: "unix", path: `${socket}.first` });
  await Deno.rename(`${socket}.first`, socket);
  listener.close();
}

/** Plays a hub that answers one question. */
async function answerStatus(listener: Deno.UnixListener, fields: object): Promise<void> {
  const hub = await accept(listener);
  await hub.expect({ type: "status_query" });
  await hub.say({ type: "status_response", pid: 1, uptime_sec: 5, active_conns: 0, ...fields });
  hub.close();
}

Deno.test("findFacts() where there is nothing, and leaves nothing", async () => {
  await using place = await SocketPlace.make();
  const facts = await findFacts(place.paths);
  const { directory } = place.paths;
  assertEquals([facts.hub, facts.lock, facts.socket], [
    { kind: "none" },
    { state: "absent", mode: 0, holder: undefined },
    { state: "absent", mode: 0 },
  ]);
  assertEquals([facts.directory.state, facts.directory.trial?.directory], ["safe", directory]);
  assertEquals(facts.directory.trial?.refusal, undefined);
  assertEquals([facts.log.directory.state, facts.log.file], ["safe", "absent"]);
  assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
});

Deno.test("findFacts() tries out the nearest directory where one is still to be made", async () => {
  await using place = await SocketPlace.make();
  const { directory } = place.paths;
  const log = `${directory}/state/bus/x.log`;
  const paths = { ...place.paths, directory: `${directory}/run/bus`, ownDirectory: true, log };
  const facts = await findFacts(paths);
  assertEquals([facts.directory.state, facts.log.directory.state], ["absent", "absent"]);
  assertEquals(facts.directory.trial?.directory, directory);
  assertEquals(facts.log.directory.trial?.directory, directory);
});

Deno.test("findFacts() of a hub that answers, and who holds its lock", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  using listener = place.listen();
  const answered = answerStatus(listener, { consumers: [], hub_version: "9.9.9" });
  const { hub, lock, socket } = await findFacts(place.paths);
  await answered;
  assert(hub.kind === "answer");
  assertEquals([hub.status.hub_version, hub.status.uptime_sec], ["9.9.9", 5]);
  assert(typeof lock.holder === "object", JSON.stringify(lock));
  assertEquals([lock.state, lock.holder.pid, lock.holder.isStopped], ["file", Deno.pid, false]);
  assertEquals(socket.state, "ours");
});

Deno.test("findFacts() of a hub whose answer cannot be read, or is an error", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const answered = answerStatus(listener, { consumers: 5 });
  const { hub } = await findFacts(place.paths);
  await answered;
  assert(hub.kind === "failure");
  assertEquals(hub.reason.startsWith("the hub's answer cannot be read: "), true, hub.reason);
});

Deno.test("findFacts() of a socket that a killed hub left", async () => {
  await using place = await SocketPlace.make();
  await leaveStaleSocket(place);
  (await place.lock()).close();
  const { hub, lock, socket } = await findFacts(place.paths);
  assertEquals([hub.kind, socket.state], ["none", "ours"]);
  assertEquals([lock.state, lock.holder], ["file", undefined]);
});

Deno.test("findFacts() asks no hub where its directory is open to others, and writes nothing there", async () => {
  await using place = await SocketPlace.make();
  using _listener = place.listen();
  await Deno.chmod(place.paths.directory, 0o777);
  const { hub, directory } = await findFacts(place.paths);
  assertEquals(hub, { kind: "not asked" });
  assertEquals(directory.trial, undefined);
  assert(typeof directory.state === "object");
  assertEquals(
    directory.state.reason,
    `others can write to the directory ${place.paths.directory} (mode 0777)`,
  );
});

Deno.test("findFacts() asks no hub on a path that no socket can have", async () => {
  await using place = await SocketPlace.make();
  const socket = `${place.paths.directory}/`.padEnd(120, "x");
  const { hub, pathLimit } = await findFacts({ ...place.paths, socket, lock: `${socket}.lock` });
  assertEquals([hub.kind, socket.length > pathLimit], ["not asked", true]);
});

Deno.test("findFacts() of what lies in the place of lock, socket and log", async () => {
  await using place = await SocketPlace.make();
  const { lock, socket, log, directory } = place.paths;
  await Deno.symlink(`${directory}/victim`, lock);
  await Deno.writeTextFile(socket, "precious");
  await Deno.mkdir(log);
  const facts = await findFacts(place.paths);
  assertEquals(facts.lock.state, "link");
  assert(typeof facts.socket.state === "object");
  assertEquals(facts.socket.state.reason, `${socket} is no socket`);
  assertEquals(facts.log.file, "not ours");
  await Deno.remove(lock);
  await Deno.mkdir(lock);
  assertEquals((await findFacts(place.paths)).lock.state, "no file");
  assertEquals(await Deno.readTextFile(socket), "precious");
});

Deno.test({
  name: "findFacts() of the files of another user",
  // Only root can make such.
  ignore: Deno.uid() !== 0,
  async fn() {
    await using place = await SocketPlace.make();
    const { lock, log } = place.paths;
    for (const path of [lock, log]) {
      await Deno.writeTextFile(path, "");
      await Deno.chown(path, 54321, 54321);
    }
    const facts = await findFacts(place.paths);
    assertEquals([facts.lock.state, facts.log.file], ["foreign", "not ours"]);
  },
});
