/**
 * What a hub tells the service manager that holds it.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { within } from "./waiting.ts";

/** A service manager's end: what hubs tell it. */
class Manager implements Disposable {
  readonly #end: Deno.DatagramConn;

  constructor(readonly path: string) {
    this.#end = Deno.listenDatagram({ transport: "unixpacket", path });
  }

  /** What it is told next. */
  async hears(): Promise<string> {
    const [bytes] = await within("a hub tells something", this.#end.receive());
    return new TextDecoder().decode(bytes);
  }

  [Symbol.dispose](): void {
    this.#end.close();
  }
}

/** A place with a service manager. */
async function withManager(): Promise<[Place, Manager]> {
  const place = await Place.empty();
  return [place, new Manager(`${place.directory}/notify`)];
}

Deno.test("notify: a service manager is told when a hub can be connected to, and when it stops", async () => {
  const [place, manager] = await withManager();
  await using _ = place;
  using __ = manager;
  const hub = place.start(["serve"], { env: { NOTIFY_SOCKET: manager.path } });
  assertEquals(await manager.hears(), "READY=1");
  const wire = await place.wire();
  await wire.send(`{"type":"hello","event_key":"k","event_types":["t"]}`);
  assertEquals((await wire.frame()).type, "hello_ack");
  hub.signal("SIGTERM");
  assertEquals(await manager.hears(), "STOPPING=1");
  assertEquals(await wire.frame(), { type: "bye", reason: "stopped" });
  const { code, stderr } = await hub.end();
  assertEquals([code, stderr], [0, `listening on ${place.socket} (pid ${hub.pid})\n`]);
  await assertAbsent(place.socket);
  await assertAbsent(`${place.directory}/.notify-${hub.pid}`);
});

for (
  const [how, flags, stop] of [
    [
      "bus stop",
      [],
      (place: Place) => place.run(["stop"]).then(({ code }) => assertEquals(code, 0)),
    ],
    ["its idle time", ["--idle-timeout", "1s"], () => Promise.resolve()],
  ] as const
) {
  Deno.test(`notify: a hub says that it stops when it is ended by ${how}`, async () => {
    const [place, manager] = await withManager();
    await using _ = place;
    using __ = manager;
    const env = { NOTIFY_SOCKET: manager.path };
    const hub = place.start(["serve", ...flags], { env });
    assertEquals(await manager.hears(), "READY=1");
    await stop(place);
    assertEquals(await manager.hears(), "STOPPING=1");
    assertEquals((await hub.end()).code, 0);
  });
}

Deno.test("notify: a hub that cannot start does not say that it is ready", async () => {
  const [place, manager] = await withManager();
  await using _ = place;
  using __ = manager;
  const env = { NOTIFY_SOCKET: manager.path };
  await place.serve();
  assertEquals((await place.run(["serve"], { env })).code, 1);
  const taken = `${place.directory}/taken.sock`;
  await Deno.writeTextFile(taken, "precious");
  assertEquals((await place.run(["serve", "--socket", taken], { env })).code, 1);
  const other = place.start(["serve", "--socket", `${place.directory}/other.sock`], { env });
  assertEquals(await manager.hears(), "READY=1");
  other.signal("SIGTERM");
  // Had those that were refused said anything, it would come before this.
  assertEquals(await manager.hears(), "STOPPING=1");
  assertEquals((await other.end()).code, 0);
});

Deno.test("notify: a service manager that is not there costs a line each, not the hub", async () => {
  await using place = await Place.empty();
  const env = { NOTIFY_SOCKET: `${place.directory}/none` };
  const hub = await place.serve([], { env });
  await place.publish({ event_type: "t", payload: 1 });
  assertEquals((await place.run(["stop"])).code, 0);
  const { code, stderr } = await hub.end();
  assertEquals(code, 0);
  const told = wholeLines(stderr).filter((line) => !line.startsWith("listening"));
  assertEquals(told.length, 2, stderr);
  for (const [at, notice] of ["READY=1", "STOPPING=1"].entries()) {
    assertMatch(told[at] ?? "", new RegExp(`Z cannot tell ${env.NOTIFY_SOCKET} ${notice}: .+`));
  }
});
