/**
 * What a hub does when its socket, its lock or their directory is taken from under it: it says so,
 * goes on for those who are connected, and at its end removes nothing that it did not make.
 */

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";
import { Wire } from "./wire.ts";

/** Milliseconds in which a hub says that something was taken from it. */
const NOTICED_MS = 5_000;

const HELLO = `{"type":"hello","event_key":"k","event_types":[">"]}`;

/** What must not change of a file that the hub did not make. */
function traits(path: string) {
  const { ino, dev, size, mtime, mode } = Deno.lstatSync(path);
  return { ino, dev, size, mtime, mode };
}

/** The names of what lies in a directory, sorted. */
function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

/** Ends a hub that may not be reachable by its socket any more; it must end as it should. */
async function end({ hub }: Place): Promise<void> {
  hub.signal("SIGTERM");
  const { code, stderr } = await hub.end();
  assertEquals(code, 0, stderr);
}

/** A place with a hub and a consumer, connected before anything is taken away. */
async function withConsumer(...flags: string[]): Promise<[Place, Wire]> {
  const place = await Place.withHub(...flags);
  const consumer = await place.wire();
  await consumer.send(HELLO);
  await consumer.frame();
  return [place, consumer];
}

const LOST = "was removed or replaced: ";

/** Steps that wait for much the same time do so together. */
const SIDE_BY_SIDE = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };

/** Runs a starter that must be refused. Returns what it says, in one line. */
async function refusedStarter(place: Place): Promise<string> {
  const { code, stdout, stderr } = await place.run(["serve"]);
  assertEquals([code, stdout, stderr.split("\n").length], [1, "", 2], stderr);
  return stderr;
}

/** Replaces something by another thing. Returns how to see that this is still there. */
type Replacement = [what: string, put: (path: string) => Promise<() => void>];

const REPLACEMENTS: Replacement[] = [
  ["a file", async (path) => {
    await Deno.remove(path);
    await Deno.writeTextFile(path, "precious");
    const before = traits(path);
    return () => assertEquals(traits(path), before);
  }],
  ["a link to a file", async (path) => {
    const victim = `${path}-victim`;
    await Deno.writeTextFile(victim, "precious");
    await Deno.remove(path);
    await Deno.symlink(victim, path);
    const before = [traits(path), traits(victim)];
    return () => assertEquals([traits(path), traits(victim)], before);
  }],
  ["a directory", async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(`${path}/theirs`, { recursive: true });
    const before = traits(path);
    return () => assertEquals(traits(path), before);
  }],
];

Deno.test("taken: a socket that was removed is missed in 5 s, and nobody starts beside it", async () => {
  const [place, consumer] = await withConsumer();
  await using _ = place;
  await Deno.remove(place.socket);
  const line = await place.hub.says(new RegExp(LOST), NOTICED_MS);
  assertStringIncludes(line, `the socket ${place.socket} ${LOST}`);
  assertStringIncludes(await refusedStarter(place), `another hub is running on ${place.socket}`);
  await end(place);
  // Those who were connected have lost nothing.
  assertEquals(await consumer.frame(), { type: "bye", reason: "stopped" });
  assertEquals(names(place.directory), ["bus.sock.lock"]);
  assertEquals(wholeLines(place.hub.stderr).filter((line) => line.includes(LOST)).length, 1);
});

Deno.test("taken: what lies in the socket's place is left alone", async (t) => {
  await Promise.all(REPLACEMENTS.map(([what, put]) =>
    t.step({
      name: what,
      ...SIDE_BY_SIDE,
      async fn() {
        await using place = await Place.withHub();
        const assertUntouched = await put(place.socket);
        const line = await place.hub.says(new RegExp(LOST), NOTICED_MS);
        assertStringIncludes(line, `the socket ${place.socket} ${LOST}`);
        await refusedStarter(place);
        await end(place);
        assertUntouched();
        // Nor does the next one take it.
        const left = names(place.directory);
        assertMatch(await refusedStarter(place), /is no socket; it was left alone/);
        assertEquals(names(place.directory), left);
      },
    })
  ));
});

Deno.test("taken: somebody else's socket in the place of a hub's goes on being listened on", async () => {
  await using place = await Place.withHub();
  await Deno.remove(place.socket);
  using theirs = Deno.listen({ transport: "unix", path: place.socket });
  const before = traits(place.socket);
  await place.hub.says(new RegExp(LOST), NOTICED_MS);
  await refusedStarter(place);
  await end(place);
  // This one has a lock to itself, and still does not take the socket.
  assertMatch(await refusedStarter(place), /another hub listens on /);
  assertEquals(traits(place.socket), before);
  using _visitor = await Deno.connect({ transport: "unix", path: place.socket });
  for (let came = 0; came < 2; came++) (await theirs.accept()).close();
});

Deno.test("taken: a lock that was removed is missed, and the hub's socket is not taken over", async () => {
  const [place, consumer] = await withConsumer();
  await using _ = place;
  const before = traits(place.socket);
  await Deno.remove(`${place.socket}.lock`);
  const line = await place.hub.says(new RegExp(LOST), NOTICED_MS);
  assertStringIncludes(line, `the lock ${place.socket}.lock ${LOST}`);
  for (let starter = 0; starter < 3; starter++) {
    assertMatch(
      await refusedStarter(place),
      new RegExp(`^error: another hub listens on ${place.socket}, though its lock is gone`),
    );
  }
  assertEquals(traits(place.socket), before);
  await place.publish({ event_type: "t", payload: 1 });
  assertEquals((await consumer.frame()).type, "event");
  assertEquals((await place.status()).pid, place.hub.pid);
  await end(place);
  assertEquals(names(place.directory), ["bus.sock.lock"]);
});

Deno.test("taken: what lies in the lock's place is left alone", async (t) => {
  await Promise.all(REPLACEMENTS.map(([what, put]) =>
    t.step({
      name: what,
      ...SIDE_BY_SIDE,
      async fn() {
        await using place = await Place.withHub();
        const assertUntouched = await put(`${place.socket}.lock`);
        const line = await place.hub.says(new RegExp(LOST), NOTICED_MS);
        assertStringIncludes(line, `the lock ${place.socket}.lock ${LOST}`);
        await refusedStarter(place);
        assertEquals((await place.status()).pid, place.hub.pid);
        await end(place);
        assertUntouched();
        await assertAbsent(place.socket);
      },
    })
  ));
});

Deno.test("taken: what comes back is said too", async () => {
  await using place = await Place.withHub();
  const aside = `${place.socket}-aside`;
  await Deno.rename(place.socket, aside);
  await place.hub.says(new RegExp(LOST), NOTICED_MS);
  await Deno.rename(aside, place.socket);
  await place.hub.says(new RegExp(`the socket ${place.socket} is back$`), NOTICED_MS);
  assertEquals((await place.status()).pid, place.hub.pid);
});

Deno.test("taken: an old hub that ends after its successor has bound leaves it its socket", async () => {
  const [place, consumer] = await withConsumer();
  await using _ = place;
  const old = place.hub;
  await Deno.remove(place.socket);
  await Deno.remove(`${place.socket}.lock`);
  const successor = await place.serve();
  const before = traits(place.socket);
  old.signal("SIGTERM");
  assertEquals((await old.end()).code, 0);
  assertEquals(await consumer.frame(), { type: "bye", reason: "stopped" });
  assertEquals(traits(place.socket), before);
  assertEquals((await place.status()).pid, successor.pid);
});

Deno.test("taken: an old hub that leaves because nobody needs it leaves its successor the socket", async () => {
  const [place, consumer] = await withConsumer("--idle-timeout", "500ms");
  await using _ = place;
  const old = place.hub;
  await Deno.remove(place.socket);
  await Deno.remove(`${place.socket}.lock`);
  const successor = await place.serve();
  consumer.close();
  assertEquals((await old.end()).code, 0);
  assertEquals((await place.status()).pid, successor.pid);
});

Deno.test("taken: a directory that was replaced is missed, and the one in its place is not touched", async () => {
  await using place = await Place.empty();
  const directory = `${place.directory}/run`;
  const socket = `${directory}/x.sock`;
  await Deno.mkdir(directory, { mode: 0o700 });
  const old = place.start(["serve", "--socket", socket]);
  await old.says(/^listening on /);
  await Deno.rename(directory, `${directory}-aside`);
  await Deno.mkdir(directory, { mode: 0o700 });
  for (const what of ["lock", "socket"]) {
    await old.says(new RegExp(`the ${what} .*${LOST}`), NOTICED_MS);
  }
  const successor = place.start(["serve", "--socket", socket]);
  await successor.says(/^listening on /);
  const before = [traits(socket), traits(`${socket}.lock`)];
  old.signal("SIGTERM");
  assertEquals((await old.end()).code, 0);
  assertEquals([traits(socket), traits(`${socket}.lock`)], before);
  const { code } = await place.run(["stop", "--socket", socket]);
  assertEquals([code, (await successor.end()).code], [0, 0]);
  assertEquals(names(directory), ["x.sock.lock"]);
});

Deno.test("taken: a hub outlives the removal of its directory, and ends as it should", async () => {
  await using place = await Place.empty();
  const env = { BUS_SOCKET: "", XDG_RUNTIME_DIR: place.directory };
  const hub = place.start(["serve"], { env });
  await hub.says(/^listening on /);
  const wire = await Wire.connect(`${place.directory}/bus/default.sock`);
  await wire.send(HELLO);
  await wire.frame();
  await Deno.remove(`${place.directory}/bus`, { recursive: true });
  for (const what of ["lock", "socket"]) {
    await hub.says(new RegExp(`the ${what} .*${LOST}`), NOTICED_MS);
  }
  hub.signal("SIGTERM");
  assertEquals(await wire.frame(), { type: "bye", reason: "stopped" });
  wire.close();
  assertEquals((await hub.end()).code, 0);
  assertEquals(names(place.directory), []);
});

Deno.test("taken: what is lost stands in the log of a hub that has one", async () => {
  await using place = await Place.empty();
  const log = `${place.directory}/hub.log`;
  await place.serve(["--log", log]);
  await Deno.remove(place.socket);
  await eventually(
    "the log says it",
    async () => (await Deno.readTextFile(log)).includes(`the socket ${place.socket} ${LOST}`),
    NOTICED_MS,
  );
  await end(place);
});

Deno.test("taken: hubs whose sockets have names alike do not touch each other's", async () => {
  await using place = await Place.empty();
  const sockets = [".bus.sock", "bus.sock", "~us.sock"].map((name) => `${place.directory}/${name}`);
  const hubs = [];
  for (const socket of sockets) {
    const hub = place.start(["serve", "--socket", socket]);
    await hub.says(/^listening on /);
    hubs.push(hub);
  }
  const before = sockets.map(traits);
  for (const [at, hub] of hubs.entries()) {
    assertEquals(sockets.slice(at).map(traits), before.slice(at));
    const { stdout } = await place.run(["status", "--json", "--socket", sockets[at] ?? ""]);
    assertEquals(JSON.parse(stdout).pid, hub.pid);
    hub.signal("SIGTERM");
    assertEquals((await hub.end()).code, 0);
    await assertRejects(() => Deno.lstat(sockets[at] ?? ""), Deno.errors.NotFound);
  }
});

Deno.test("taken: a hub that is told to end as soon as its socket is there leaves nothing", async () => {
  await using place = await Place.empty();
  for (let round = 0; round < 5; round++) {
    const hub = place.start(["serve"]);
    // No pause between two looks: the signal is to come as early as it can.
    while (!names(place.directory).includes("bus.sock")) await Promise.resolve();
    hub.signal("SIGTERM");
    assertEquals((await hub.end()).code, 0);
    assertEquals(names(place.directory), ["bus.sock.lock"]);
  }
});
