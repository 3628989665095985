import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { connect, greet, type StartHub } from "../../lib/client/connect.ts";
import type { HubConnection } from "../../lib/client/connection.ts";
import {
  HubGoneError,
  HubSilentError,
  HubStartError,
  NoHubError,
  RefusedError,
} from "../../lib/client/errors.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { within } from "../e2e/waiting.ts";
import { scripted } from "./scripted_hub.ts";
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

Deno.test("connect() has a hub started where there is none, and only there", async () => {
  await using place = await SocketPlace.make();
  const started: HubPaths[] = [];
  let listener: Deno.UnixListener | undefined;
  const startHub: StartHub = (paths) => {
    started.push(paths);
    listener = place.listen();
    return Promise.resolve("busy");
  };
  for (let round = 0; round < 2; round++) (await connect(place.paths, { startHub })).close();
  assertEquals(started, [place.paths]);
  listener?.close();
});

Deno.test("connect() takes the connection of who started the hub, and throws what that one throws", async () => {
  await using place = await SocketPlace.make();
  const { connection } = scripted();
  const startHub = () => Promise.resolve(connection);
  assertStrictEquals(await connect(place.paths, { startHub }), connection);
  const failed = new HubStartError("no room");
  const failing = connect(place.paths, { startHub: () => Promise.reject(failed) });
  assertStrictEquals(await assertRejects(() => failing), failed);
});

Deno.test("connect() starts no hub beside one that hangs", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  const startHub = () => Promise.reject(new Error("there is one"));
  await assertRejects(
    () => connect(place.paths, { startHub, patience: 20 }),
    HubSilentError,
  );
});

/** Asks a hub for one line. */
async function ask(connection: HubConnection): Promise<string> {
  try {
    await connection.send("question\n").catch(() => {});
    for await (const [frame] of connection.frames()) if (typeof frame === "string") return frame;
    throw new HubGoneError(connection.paths);
  } finally {
    connection.close();
  }
}

Deno.test("greet() says its first words to the next hub where one leaves before it has answered", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const answer = greet(place.paths, {}, ask);
  for (let leaving = 0; leaving < 3; leaving++) {
    const hub = await accept(listener);
    assertEquals(await hub.line(), "question");
    hub.close();
  }
  const hub = await accept(listener);
  assertEquals(await hub.line(), "question");
  await hub.say("answer");
  assertEquals(await answer, "answer");
  assertEquals(await hub.line(), undefined);
  hub.close();
});

Deno.test("greet() has the next hub started where the one that leaves leaves nobody", async () => {
  await using place = await SocketPlace.make();
  const leaving = place.listen();
  const next = Promise.withResolvers<Deno.UnixListener>();
  const startHub: StartHub = () => {
    next.resolve(place.listen());
    return Promise.resolve("busy");
  };
  const answer = greet(place.paths, { startHub }, ask);
  const last = await accept(leaving);
  leaving.close();
  last.close();
  using listener = await within("the next hub is started", next.promise);
  const hub = await accept(listener);
  await hub.say("answer");
  assertEquals(await answer, "answer");
  hub.close();
});

Deno.test("greet() finds nobody after one that left where none is to be started", async () => {
  await using place = await SocketPlace.make();
  const listener = place.listen();
  const asking = assertRejects(() => greet(place.paths, {}, ask), NoHubError);
  const hub = await accept(listener);
  listener.close();
  hub.close();
  await asking;
});

Deno.test("greet() gives up on one that leaves again and again, with its reason", async () => {
  await using place = await SocketPlace.make();
  using _listener = place.listen();
  const gone = new HubGoneError(place.paths, "stopped");
  const start = performance.now();
  let words = 0;
  const error = await assertRejects(() =>
    greet(place.paths, { patience: 300 }, (connection) => {
      words++;
      connection.close();
      return Promise.reject(gone);
    })
  );
  assertStrictEquals(error, gone);
  assert(words > 2, `${words} times`);
  const took = performance.now() - start;
  assert(took >= 299 && took < 3000, `took ${took} ms`);
});

Deno.test("greet() throws an answer that is a refusal, and ends when its signal fires", async () => {
  await using place = await SocketPlace.make();
  using _listener = place.listen();
  const refused = new RefusedError({ code: "limit", message: "no room" });
  const refusing = (connection: HubConnection) => {
    connection.close();
    return Promise.reject(refused);
  };
  assertStrictEquals(await assertRejects(() => greet(place.paths, {}, refusing)), refused);
  const controller = new AbortController();
  const reason = new Error("enough");
  const leaving = (connection: HubConnection) => {
    connection.close();
    controller.abort(reason);
    return Promise.reject(new HubGoneError(place.paths));
  };
  const greeting = greet(place.paths, { signal: controller.signal }, leaving);
  assertStrictEquals(await assertRejects(() => greeting), reason);
});
