import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { HubSilentError, NoHubError } from "../../lib/client/errors.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { accept, SocketPlace } from "./socket_hub.ts";

Deno.test("connect() connects to a hub, both ways", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const [connection, hub] = await Promise.all([connect(place.paths), accept(listener)]);
  await connection.send("there\n");
  assertEquals(await hub.line(), "there");
  await hub.say("back");
  hub.close();
  assertEquals(await Array.fromAsync(connection.frames()), [["back"]]);
  connection.close();
});

Deno.test("connect() says at once that nobody is there: no directory, no socket, an old socket", async () => {
  await using place = await SocketPlace.make();
  const { paths } = place;
  const nowhere = { ...paths, directory: `${paths.directory}/none`, socket: "/none/x.sock" };
  await assertRejects(() => connect(nowhere), NoHubError, "no hub on /none/x.sock");
  await assertRejects(() => connect(paths), NoHubError, `no hub on ${paths.socket}`);
  // As a killed hub leaves it: the listener removes its file only under its own name.
  const listener = place.listen();
  await Deno.rename(paths.socket, `${paths.socket}.kept`);
  listener.close();
  await Deno.rename(`${paths.socket}.kept`, paths.socket);
  await assertRejects(() => connect(paths), NoHubError);
  assert((await Deno.lstat(paths.socket)).isSocket, "it is not for a client to remove");
});

Deno.test("connect() waits for a hub that holds its lock and does not listen yet", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  const connecting = connect(place.paths);
  await new Promise((resolve) => setTimeout(resolve, 20));
  using listener = place.listen();
  const [connection, hub] = await Promise.all([connecting, accept(listener)]);
  connection.close();
  hub.close();
});

Deno.test("connect() gives up on one that holds its lock and never listens, and names it", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  const error = await assertRejects(
    () => connect(place.paths, { patience: 20 }),
    HubSilentError,
  );
  assertEquals(error.pid, Deno.pid);
  assertEquals(
    error.message,
    `the hub on ${place.paths.socket} (pid ${Deno.pid}) does not answer`,
  );
});

Deno.test("connect() sees that the hub it waits for has gone", async () => {
  await using place = await SocketPlace.make();
  const lock = await place.lock();
  const connecting = assertRejects(() => connect(place.paths), NoHubError);
  await new Promise((resolve) => setTimeout(resolve, 20));
  lock.close();
  await connecting;
});

Deno.test("connect() takes a hub with a full queue as busy, not as absent", async () => {
  await using place = await SocketPlace.make();
  using _listener = place.listen();
  const held: Deno.UnixConn[] = [];
  try {
    for (;;) held.push(await Deno.connect({ transport: "unix", path: place.paths.socket }));
  } catch (error) {
    assert(error instanceof Deno.errors.WouldBlock, String(error));
  }
  await assertRejects(() => connect(place.paths, { patience: 20 }), HubSilentError);
  for (const connection of held) connection.close();
});

Deno.test("connect() ends when its signal fires, with the signal's reason", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  const controller = new AbortController();
  const connecting = connect(place.paths, { signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => connecting), reason);
  assertStrictEquals(
    await assertRejects(() => connect(place.paths, { signal: controller.signal })),
    reason,
  );
});

Deno.test("connect() writes nothing to what others could have put there", async () => {
  await using place = await SocketPlace.make();
  const { paths } = place;
  await Deno.chmod(paths.directory, 0o777);
  using listener = place.listen();
  const error = await assertRejects(() => connect(paths), BusError);
  assertEquals(error.code, "unsafe_path");
  await Deno.chmod(paths.directory, 0o700);
  // It has not even connected: the next one in the queue is the next to connect.
  const [connection, hub] = await Promise.all([connect(paths), accept(listener)]);
  await connection.send("first\n");
  assertEquals(await hub.line(), "first");
  connection.close();
  hub.close();
});
