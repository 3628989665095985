import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { askStatus, status, stop, stopHub } from "../../lib/client/control.ts";
import { HubGoneError, HubSilentError, NoHubError, RefusedError } from "../../lib/client/errors.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { scripted } from "./scripted_hub.ts";
import { accept, SocketPlace } from "./socket_hub.ts";

const STATE = { type: "status_response", pid: 7, uptime_sec: 1, active_conns: 0, consumers: [] };

Deno.test("status() asks the hub that is meant", async () => {
  await using place = await SocketPlace.make();
  const { socket } = place.paths;
  await assertRejects(() => status({ socket }), NoHubError);
  using listener = place.listen();
  const asking = status({ socket });
  const hub = await accept(listener);
  assertEquals(await hub.next(), { type: "status_query" });
  await hub.say({ ...STATE, published: 3 });
  assertEquals((await asking).published, 3);
  assertEquals(await hub.line(), undefined);
  hub.close();
});

Deno.test("status() asks the next hub where one leaves without an answer", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const asking = status({ socket: place.paths.socket });
  const leaving = await accept(listener);
  await leaving.say({ type: "error", code: "stopped", message: "the hub stops" });
  leaving.close();
  const hub = await accept(listener);
  assertEquals(await hub.next(), { type: "status_query" });
  await hub.say(STATE);
  assertEquals((await asking).pid, 7);
  hub.close();
});

Deno.test("status() and stop() ask a hub again that has no place for a moment", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const { socket } = place.paths;
  const FULL = { type: "error", code: "limit", message: "the hub has no room" };
  const asking = status({ socket });
  for (let time = 0; time < 3; time++) {
    const full = await accept(listener);
    await full.say(FULL);
    full.close();
  }
  const hub = await accept(listener);
  await hub.say(STATE);
  assertEquals((await asking).pid, 7);
  hub.close();

  const stopping = stop({ socket });
  const full = await accept(listener);
  await full.say(FULL);
  full.close();
  const stopped = await accept(listener);
  assertEquals(await stopped.next(), { type: "shutdown" });
  stopped.close();
  assertEquals((await stopping).by, "asked");
});

Deno.test("askStatus() gives up on a hub that does not answer, and closes", async () => {
  const { connection, hub, end } = scripted();
  const error = await assertRejects(() => askStatus(connection, 20), HubSilentError);
  assertEquals(error.message, "the hub on /nowhere/x.sock does not answer");
  assert(end.isClosed);
  await hub.expect({ type: "status_query" });
});

Deno.test("askStatus() throws what it gets in the place of an answer", async () => {
  const cases = [
    [[], HubGoneError, "hub_gone"],
    [[{ type: "error", code: "stopped", message: "m" }], HubGoneError, "hub_gone"],
    [[{ type: "error", code: "limit", message: "m" }], RefusedError, "limit"],
    [[{ ...STATE, pid: "7" }], BusError, "failed"],
  ] as const;
  for (const [lines, errorClass, code] of cases) {
    const { connection, hub, end } = scripted();
    await hub.say(...lines);
    hub.close();
    const error = await assertRejects(() => askStatus(connection), errorClass);
    assertEquals((error as BusError).code, code);
    assert(end.isClosed);
  }
});

Deno.test("stop() tells the hub and resolves when its lock is free, not before", async () => {
  await using place = await SocketPlace.make();
  const { socket } = place.paths;
  await assertRejects(() => stop({ socket }), NoHubError);
  const lock = await place.lock();
  const listener = place.listen();
  let isStopped = false;
  const stopping = stop({ socket }).finally(() => isStopped = true);
  const hub = await accept(listener);
  assertEquals(await hub.next(), { type: "shutdown" });
  listener.close();
  hub.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(isStopped, false);
  lock.close();
  assertEquals(await stopping, { pid: Deno.pid, by: "asked" });
});

Deno.test("stop() is done with a hub that has no lock when that closes", async () => {
  await using place = await SocketPlace.make();
  using listener = place.listen();
  const stopping = stop({ socket: place.paths.socket });
  const hub = await accept(listener);
  await hub.expect({ type: "shutdown" });
  hub.close();
  await stopping;
});

Deno.test("stopHub() gives up on a hub that hangs, before or after it closes", async () => {
  await using place = await SocketPlace.make();
  using _lock = await place.lock();
  using listener = place.listen();
  for (const closes of [false, true]) {
    const [connection, hub] = await Promise.all([connect(place.paths), accept(listener)]);
    if (closes) hub.close();
    const error = await assertRejects(() => stopHub(connection, 30), HubSilentError);
    assertEquals(error.pid, Deno.pid);
    assertEquals(error.hint, `end it with: bus stop --force --socket ${place.paths.socket}`);
    if (!closes) hub.close();
  }
});

Deno.test("stopHub() takes a hub that is stopping already as one that obeys, a full one not", async () => {
  const stopping = scripted();
  await stopping.hub.say({ type: "error", code: "stopped", message: "the hub stops" });
  stopping.hub.close();
  await stopHub(stopping.connection);
  const full = scripted();
  await full.hub.say({ type: "error", code: "limit", message: "no room" });
  full.hub.close();
  await assertRejects(() => stopHub(full.connection), RefusedError);
});
