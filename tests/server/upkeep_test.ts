import { assertEquals, assertGreater } from "@std/assert";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { Listener } from "../../lib/server/listener.ts";
import { takeLock } from "../../lib/server/lock.ts";
import { Log } from "../../lib/server/log.ts";
import { type KeptFile, keptFile, Upkeep } from "../../lib/server/upkeep.ts";

const SIX_HOURS = 6 * 3_600_000;

/** The time of a file that nobody has touched for long. */
const OLD = new Date("2020-02-02T02:02:02Z");

/** Looks after some files, with a time that is driven. */
class Watch {
  /** Milliseconds on the clock. */
  now = 5_000;
  readonly upkeep: Upkeep;
  #said: string[] = [];

  constructor(files: KeptFile[]) {
    const log = new Log((line) => this.#said.push(line.slice(line.indexOf(" ") + 1, -1)));
    this.upkeep = new Upkeep(files.map(keptFile), log, () => this.now);
  }

  /** Looks, and returns what was said of it. */
  async look(): Promise<string[]> {
    await this.upkeep.look();
    const said = this.#said;
    this.#said = [];
    return said;
  }
}

interface Hub extends Watch {
  readonly paths: HubPaths;
}

/** Runs with the lock and the socket of a hub, in a directory that is in nobody's way. */
function test(name: string, body: (hub: Hub) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = `${await Deno.makeTempDir()}/bus`;
    await Deno.mkdir(directory, { mode: 0o700 });
    const paths: HubPaths = {
      directory,
      socket: `${directory}/default.sock`,
      lock: `${directory}/default.lock`,
      log: `${directory}/default.log`,
      ownDirectory: true,
    };
    const lock = await takeLock(paths.lock);
    if (lock === "held") throw new Error("nobody else can have this lock");
    const listener = await Listener.bind(paths);
    const hub = Object.assign(
      new Watch([
        {
          name: "the lock",
          loss: "two hubs",
          isInPlace: () => lock.isInPlace(),
          touch: () => lock.touch(),
        },
        {
          name: "the socket",
          loss: "no hub",
          isInPlace: () => listener.isInPlace(),
          touch: () => listener.touch(),
        },
      ]),
      { paths },
    );
    try {
      await body(hub);
    } finally {
      listener.close();
      lock.release();
      await Deno.remove(`${directory}/..`, { recursive: true });
    }
  });
}

const LOCK_LOST = "the lock was removed or replaced: two hubs";
const SOCKET_LOST = "the socket was removed or replaced: no hub";

test("upkeep says nothing while all is in place", async (hub) => {
  const { paths } = hub;
  for (let look = 0; look < 3; look++) assertEquals(await hub.look(), []);
  // That a file is written to, or its mode or time changes, is none of its business.
  await Deno.writeTextFile(paths.lock, "4711\n");
  await Deno.chmod(paths.socket, 0o700);
  await Deno.utime(paths.socket, OLD, OLD);
  assertEquals(await hub.look(), []);
});

test("upkeep says once that a file was removed, and of each by itself", async (hub) => {
  const { paths } = hub;
  await Deno.remove(paths.socket);
  assertEquals(await hub.look(), [SOCKET_LOST]);
  assertEquals(await hub.look(), []);
  await Deno.remove(paths.lock);
  assertEquals(await hub.look(), [LOCK_LOST]);
  assertEquals(await hub.look(), []);
});

test("upkeep says that a file is back, and again when it goes again", async (hub) => {
  const { paths } = hub;
  const aside = `${paths.directory}/aside`;
  for (let round = 0; round < 3; round++) {
    await Deno.rename(paths.socket, aside);
    assertEquals(await hub.look(), [SOCKET_LOST]);
    await Deno.rename(aside, paths.socket);
    assertEquals(await hub.look(), ["the socket is back"]);
    assertEquals(await hub.look(), []);
  }
});

test("upkeep knows a file from another in its place", async (hub) => {
  const { paths } = hub;
  const aside = `${paths.directory}/aside`;
  await Deno.rename(paths.lock, aside);
  await Deno.writeTextFile(paths.lock, "");
  assertEquals(await hub.look(), [LOCK_LOST]);
  await Deno.remove(paths.lock);
  await Deno.symlink(aside, paths.lock);
  assertEquals(await hub.look(), []);
  await Deno.rename(aside, paths.lock);
  assertEquals(await hub.look(), ["the lock is back"]);
  await Deno.rename(paths.socket, aside);
  await Deno.symlink(aside, paths.socket);
  assertEquals(await hub.look(), [SOCKET_LOST]);
});

test("upkeep knows its directory from another in its place", async (hub) => {
  const { paths } = hub;
  const aside = `${paths.directory}-aside`;
  await Deno.rename(paths.directory, aside);
  assertEquals(await hub.look(), [LOCK_LOST, SOCKET_LOST]);
  await Deno.mkdir(paths.directory);
  await Deno.writeTextFile(paths.lock, "");
  await Deno.writeTextFile(paths.socket, "");
  assertEquals(await hub.look(), []);
  await Deno.remove(paths.directory, { recursive: true });
  await Deno.rename(aside, paths.directory);
  assertEquals(await hub.look(), ["the lock is back", "the socket is back"]);
});

/** Makes a file look old, and says how to see whether it does. */
async function aged(path: string): Promise<() => boolean> {
  await Deno.utime(path, OLD, OLD);
  return () => Deno.lstatSync(path).mtime?.getTime() === OLD.getTime();
}

test("upkeep touches the files every 6 hours", async (hub) => {
  const { paths } = hub;
  const start = Date.now();
  for (let round = 0; round < 3; round++) {
    const isOld = [await aged(paths.lock), await aged(paths.socket)];
    hub.now += SIX_HOURS - 1;
    await hub.look();
    assertEquals(isOld.map((is) => is()), [true, true]);
    hub.now += 1;
    await hub.look();
    assertEquals(isOld.map((is) => is()), [false, false]);
    for (const path of [paths.lock, paths.socket]) {
      const { atime, mtime } = await Deno.lstat(path);
      assertGreater(atime?.getTime(), start - 2_000);
      assertGreater(mtime?.getTime(), start - 2_000);
    }
  }
});

test("upkeep does not touch what lies in a file's place", async (hub) => {
  const { paths } = hub;
  await Deno.remove(paths.socket);
  await Deno.writeTextFile(paths.socket, "theirs");
  await Deno.remove(paths.lock);
  await Deno.writeTextFile(paths.lock, "theirs");
  const isOld = [await aged(paths.lock), await aged(paths.socket)];
  hub.now += SIX_HOURS;
  assertEquals(await hub.look(), [LOCK_LOST, SOCKET_LOST]);
  assertEquals(isOld.map((is) => is()), [true, true]);
  assertEquals(await Deno.readTextFile(paths.socket), "theirs");
});

Deno.test("upkeep takes a file that cannot be looked at for lost", async () => {
  let isClosed = true;
  const watch = new Watch([{
    name: "the socket",
    loss: "no hub",
    isInPlace() {
      if (isClosed) throw new Deno.errors.PermissionDenied("closed");
      return true;
    },
    touch: () => Promise.resolve(),
  }]);
  assertEquals(await watch.look(), [SOCKET_LOST]);
  isClosed = false;
  assertEquals(await watch.look(), ["the socket is back"]);
});

Deno.test("upkeep goes on where a file cannot be touched", async () => {
  let touched = 0;
  const file = { loss: "no hub", isInPlace: () => true };
  const watch = new Watch([
    { ...file, name: "first", touch: () => Promise.reject(new Deno.errors.NotFound("gone")) },
    { ...file, name: "second", touch: () => Promise.resolve(void touched++) },
  ]);
  watch.now += SIX_HOURS;
  assertEquals(await watch.look(), []);
  assertEquals(touched, 1);
});

Deno.test("a look that is under way when upkeep ends says and touches nothing", async () => {
  const answer = Promise.withResolvers<boolean>();
  let touched = 0;
  const file = { loss: "no hub", touch: () => Promise.resolve(void touched++) };
  const watch = new Watch([
    { ...file, name: "first", isInPlace: () => answer.promise },
    { ...file, name: "second", isInPlace: () => false },
  ]);
  const end = watch.upkeep.start();
  watch.now += SIX_HOURS;
  const look = watch.look();
  end();
  answer.resolve(true);
  assertEquals([await look, touched], [[], 0]);
});
