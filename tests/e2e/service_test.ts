/**
 * A hub that something else holds: told of by a notify socket, started by an inherited one, described
 * by systemd's units.
 */

import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { activator } from "./activator.ts";
import { assertAbsent, Place, PROGRAM, type StartOptions } from "./kit.ts";
import type { Running } from "./running.ts";
import { within } from "./waiting.ts";

/** Whether a program is there. */
function isThere(command: string, ...args: string[]): boolean {
  try {
    new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}

const hasAnalyze = isThere("systemd-analyze", "--version");
const hasActivate = isThere("systemd-socket-activate", "--version");
const hasPerl = isThere("perl", "-v");

/** The end at which a service manager hears its services. */
class Manager implements Disposable {
  readonly #end: Deno.DatagramConn;

  constructor(readonly path: string) {
    this.#end = Deno.listenDatagram({ transport: "unixpacket", path });
  }

  /** The next thing that it is told. */
  async hears(): Promise<string> {
    const [bytes] = await within("the service manager is told", this.#end.receive());
    return new TextDecoder().decode(bytes);
  }

  [Symbol.dispose](): void {
    this.#end.close();
  }
}

/** What `bus status` says of the process. */
async function hubPid(place: Place): Promise<number> {
  return (await place.status()).pid;
}

/** What tells one file from another. */
function identity(path: string): (number | null)[] {
  const { dev, ino, mode } = Deno.lstatSync(path);
  return [dev, ino, mode];
}

/** Starts a manager that owns the place's socket. */
async function owned(place: Place, ...flags: string[]): Promise<Running> {
  const [command = "", ...args] = activator(place.socket, [PROGRAM, "serve", ...flags]);
  const owner = place.start(args, { command });
  await owner.says(/^owns /);
  return owner;
}

/** Ends a manager and the hub that it has started. */
async function end(owner: Running): Promise<void> {
  owner.signal("SIGTERM");
  await owner.end();
}

Deno.test("service: the manager is told ready once the hub can be used, and stopping", async () => {
  await using place = await Place.empty();
  using manager = new Manager(`${place.directory}/notify`);
  const hub = place.start(["serve"], { env: { NOTIFY_SOCKET: manager.path } });
  assertEquals(await manager.hears(), "READY=1");
  assertEquals(await hubPid(place), hub.pid);
  hub.signal("SIGTERM");
  assertEquals(await manager.hears(), "STOPPING=1");
  const { code, stderr } = await hub.end();
  assertEquals([code, stderr], [0, `listening on ${place.socket} (pid ${hub.pid})\n`]);
  const left = (await Array.fromAsync(Deno.readDir(place.directory))).map(({ name }) => name);
  assertEquals(left.sort(), ["bus.sock.lock", "notify"]);
});

Deno.test("service: a hub whose manager cannot be told says so, and serves", async () => {
  await using place = await Place.empty();
  const env = { NOTIFY_SOCKET: `${place.directory}/nowhere` };
  const hub = await place.serve([], { env });
  assertEquals(await hubPid(place), hub.pid);
  assertMatch(hub.stderr, /^\S+ cannot tell \S+\/nowhere READY=1: /);
});

Deno.test({
  name: "service: whoever comes first is served over an inherited socket (needs perl)",
  ignore: !hasPerl,
  async fn() {
    await using place = await Place.empty();
    const owner = await owned(place);
    // Nothing has been started yet: the socket alone makes a consumer the first.
    const consumer = await place.consume(["k", "--types", "big,a", "--max-events", "2001"]);
    const big = `"${"é".repeat(250_000)}"`;
    await place.publish(`{"type":"event","event_type":"big","payload":${big}}`);
    const lines = Array.from({ length: 2000 }, (_, at) => ({ event_type: "a", payload: { at } }));
    await place.publish(...lines);
    const { code, stdout } = await consumer.end();
    const [first = "", ...rest] = stdout.trimEnd().split("\n");
    assertEquals([code, rest.length], [0, 2000]);
    assertStringIncludes(first, big);
    assertEquals(rest.map((line) => JSON.parse(line).payload.at), lines.map((_, at) => at));
    await end(owner);
  },
});

Deno.test({
  name:
    "service: the idle exit leaves the socket to its owner, who starts the next hub (needs perl)",
  ignore: !hasPerl,
  async fn() {
    await using place = await Place.empty();
    const owner = await owned(place, "--idle-timeout", "1s");
    const socket = identity(place.socket);
    const first = await hubPid(place);
    await owner.says(new RegExp(`^program ${first} ended with 0$`));
    assertEquals(identity(place.socket), socket);
    const second = await hubPid(place);
    assertNotEquals(second, first);
    assertEquals((await place.run(["stop"])).code, 0);
    await owner.says(new RegExp(`^program ${second} ended with 0$`));
    assertEquals(identity(place.socket), socket);
    await end(owner);
  },
});

Deno.test({
  name: "service: a consumer under way keeps a hub with an inherited socket (needs perl)",
  ignore: !hasPerl,
  async fn() {
    await using place = await Place.empty();
    const owner = await owned(place, "--idle-timeout", "1s");
    const args = ["k", "--types", "a", "--timeout", "3s", "--no-reconnect"];
    const { code, stderr } = await (await place.consume(args)).end();
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /reason=timeout/);
    await end(owner);
  },
});

Deno.test({
  name: "service: a hub under systemd-socket-activate (needs Debian's package systemd)",
  ignore: !hasActivate,
  async fn() {
    await using place = await Place.empty();
    const flags = ["--listen", place.socket, PROGRAM, "serve", "--socket", place.socket];
    const hub = place.start([...flags, "--idle-timeout", "1s"], {
      command: "systemd-socket-activate",
    });
    await hub.says(/^Listening on /);
    assertEquals(await hubPid(place), hub.pid);
    assertEquals((await hub.end()).code, 0);
    assertEquals(Deno.lstatSync(place.socket).isSocket, true);
  },
});

Deno.test("service: what is handed on and is no listening socket is refused in one line", async () => {
  await using place = await Place.empty();
  const script = "exec 3</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec bus serve";
  const { code, stderr } = await place.shell(script);
  assertEquals([code, stderr], [
    1,
    "error: descriptor 3, handed on, cannot be listened on: it is no unix socket that listens\n",
  ]);
});

/** Where units lie, and a systemctl that is only there. */
async function withUnits(place: Place): Promise<{ units: string; options: StartOptions }> {
  const bin = `${place.directory}/bin`;
  await Deno.mkdir(bin);
  await Deno.writeTextFile(`${bin}/systemctl`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const env = {
    BUS_SOCKET: "",
    XDG_RUNTIME_DIR: place.directory,
    XDG_CONFIG_HOME: `${place.directory}/config`,
    PATH: `${bin}:${Deno.env.get("PATH")}`,
  };
  return { units: `${place.directory}/config/systemd/user`, options: { env } };
}

Deno.test("service: install writes what show prints, and says what to do next", async () => {
  await using place = await Place.empty();
  const { units, options } = await withUnits(place);
  const { code, stdout: shown, stderr } = await place.run(["service", "show"], options);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(shown, `\nExecStart=${PROGRAM} serve --name=default\n`);
  await assertAbsent(units);
  const [socket, service] = [`${units}/bus-default.socket`, `${units}/bus-default.service`];
  const installed = await place.run(["service", "install"], options);
  assertEquals(installed, {
    code: 0,
    stdout: "",
    stderr: `wrote ${socket}
wrote ${service}
now: systemctl --user daemon-reload && systemctl --user enable --now bus-default.socket
to end it: systemctl --user stop bus-default.socket (after bus stop it comes by need)
`,
  });
  const [one, other] = [await Deno.readTextFile(socket), await Deno.readTextFile(service)];
  assertEquals(shown, `# ${socket}\n${one}\n# ${service}\n${other}`);
  const again = await place.run(["service", "install"], options);
  assertStringIncludes(again.stderr, "the units are as they should be\n");
});

Deno.test("service: install says that a hub runs there already", async () => {
  await using place = await Place.empty();
  const { options } = await withUnits(place);
  const hub = place.start(["serve", "--name", "work"], options);
  await hub.says(/^listening on /);
  const { stderr } = await place.run(["service", "install", "--name", "work"], options);
  assertStringIncludes(
    stderr,
    `a hub runs there now (pid ${hub.pid}); first: bus stop --name work\n`,
  );
  hub.signal("SIGTERM");
  await hub.end();
});

Deno.test("service: a unit that somebody changed is neither overwritten nor removed", async () => {
  await using place = await Place.empty();
  const { units, options } = await withUnits(place);
  await place.run(["service", "install"], options);
  const service = `${units}/bus-default.service`;
  await Deno.writeTextFile(service, "Nice=5\n", { append: true });
  const changed = await Deno.readTextFile(service);
  const installed = await place.run(["service", "install"], options);
  assertEquals([installed.code, installed.stderr], [
    1,
    `error: ${service} is not as bus wrote it; it was left alone (see what bus would write with: ` +
    `bus service show; to have that: rm ${service})\n`,
  ]);
  const removed = await place.run(["service", "uninstall"], options);
  assertEquals([removed.code, removed.stderr], [
    1,
    `removed ${units}/bus-default.socket
error: ${service} is not as bus wrote it; it was left alone (remove it yourself)
now: systemctl --user daemon-reload
`,
  ]);
  assertEquals(await Deno.readTextFile(service), changed);
});

Deno.test("service: uninstall removes what install wrote, and needs nothing to be there", async () => {
  await using place = await Place.empty();
  const { units, options } = await withUnits(place);
  await place.run(["service", "install", "--name", "a"], options);
  await place.run(["service", "install", "--name", "b"], options);
  const { code, stderr } = await place.run(["service", "uninstall", "--name", "a"], options);
  assertEquals(code, 0, stderr);
  const names = (await Array.fromAsync(Deno.readDir(units))).map(({ name }) => name).sort();
  assertEquals(names, ["bus-b.service", "bus-b.socket"]);
  const again = await place.run(["service", "uninstall", "--name", "a"], options);
  assertEquals([again.code, again.stderr], [0, "there is nothing that bus wrote\n"]);
});

Deno.test("service: a hub without a name, or without systemd, has no service, in one line", async () => {
  await using place = await Place.empty();
  const { options } = await withUnits(place);
  const given = await place.run(["service", "show", "--socket", "x.sock"], options);
  assertEquals([given.code, given.stderr], [
    2,
    "error: a service is of a hub that goes by a name, not of a socket's path (give --name, " +
    "without --socket and $BUS_SOCKET)\n",
  ]);
  const env = { ...options.env, PATH: "/nowhere" };
  const { code, stderr } = await place.run(["service", "install"], { env });
  assertEquals([code, stderr], [
    1,
    "error: a service needs Linux with systemd: there is no systemctl in $PATH (start bus serve " +
    "with what starts programs here)\n",
  ]);
});

Deno.test({
  name: "service: systemd-analyze verify accepts the units (needs Debian's package systemd)",
  ignore: !hasAnalyze,
  async fn() {
    await using place = await Place.empty();
    const { units, options } = await withUnits(place);
    for (const name of ["default", "a.b-c_1"]) {
      await place.run(["service", "install", "--name", name], options);
      const files = [`${units}/bus-${name}.socket`, `${units}/bus-${name}.service`];
      const verify = async () =>
        await place.run(["--user", "verify", ...files], { ...options, command: "systemd-analyze" });
      assertEquals(await verify(), { code: 0, stdout: "", stderr: "" });
      // It would have said something.
      await Deno.writeTextFile(files[1] ?? "", "NoSuchThing=yes\n", { append: true });
      assertStringIncludes((await verify()).stderr, "NoSuchThing");
    }
  },
});
