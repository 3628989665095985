import { assert, assertEquals, assertRejects } from "@std/assert";
import { type HubPaths, hubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { Listener } from "../../lib/server/listener.ts";
import { inDirectory, leaveStaleSocket, modeOf, namesIn } from "./own_directory.ts";

function pathsOf(socket: string): HubPaths {
  return hubPaths({ socket }, { get: () => undefined });
}

async function isListenedTo(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch {
    return false;
  }
}

/** Looks at a socket the moment that the system has bound it. */
async function modesAtBirth(body: () => Promise<void>): Promise<number[]> {
  const modes: number[] = [];
  const { listen } = Deno;
  const watched = (options: Deno.UnixListenOptions & { transport: "unix" }) => {
    const listener = listen(options);
    modes.push((Deno.lstatSync(options.path).mode ?? 0) & 0o777);
    return listener;
  };
  Object.defineProperty(Deno, "listen", { value: watched, configurable: true, writable: true });
  try {
    await body();
  } finally {
    Object.defineProperty(Deno, "listen", { value: listen, configurable: true, writable: true });
  }
  return modes;
}

Deno.test("Listener.bind() opens a socket for the user alone, from its first moment", async () => {
  await inDirectory(async (directory) => {
    const modes = await modesAtBirth(async () => {
      const listener = await Listener.bind(pathsOf(`${directory}/bus.sock`));
      assertEquals(await modeOf(`${directory}/bus.sock`), 0o600);
      listener.close();
    });
    assertEquals(modes, [0o600]);
  });
});

Deno.test("Listener.accept() gives each connection, and nothing once it is closed", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const listener = await Listener.bind(pathsOf(socket));
    const accepting = listener.accept();
    const peer = await Deno.connect({ transport: "unix", path: socket });
    const connection = await accepting;
    assert(connection);
    await peer.write(new Uint8Array([7]));
    const buffer = new Uint8Array(4);
    assertEquals([await connection.read(buffer), buffer[0]], [1, 7]);
    connection.close();
    peer.close();

    const last = listener.accept();
    listener.close();
    assertEquals([await last, await listener.accept()], [undefined, undefined]);
    listener.close();
  });
});

Deno.test("Listener.close() removes the socket, and nothing is left in its directory", async () => {
  await inDirectory(async (directory) => {
    const listener = await Listener.bind(pathsOf(`${directory}/bus.sock`));
    assertEquals(await namesIn(directory), ["bus.sock"]);
    listener.close();
    assertEquals(await namesIn(directory), []);
  });
});

Deno.test("Listener.bind() takes the place of a socket that a killed hub has left", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    await leaveStaleSocket(socket);
    const { ino } = await Deno.lstat(socket);
    const listener = await Listener.bind(pathsOf(socket));
    assert((await Deno.lstat(socket)).ino !== ino);
    assertEquals(await isListenedTo(socket), true);
    listener.close();
    assertEquals(await namesIn(directory), []);
  });
});

Deno.test("Listener.bind() refuses a socket that somebody listens on, though the lock is free", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const other = await Listener.bind(pathsOf(socket));
    const error = await assertRejects(() => Listener.bind(pathsOf(socket)), BusError);
    assertEquals(error.code, "hub_running");
    assert(error.message.includes(socket), error.message);
    assertEquals([other.isInPlace(), await isListenedTo(socket)], [true, true]);
    other.close();
  });
});

const OTHER_THINGS: [string, (path: string, directory: string) => Promise<void>][] = [
  ["a file", (path) => Deno.writeTextFile(path, "precious\n")],
  ["an empty file", (path) => Deno.writeTextFile(path, "")],
  ["a directory", (path) => Deno.mkdir(path)],
  ["a link to a file", async (path, directory) => {
    await Deno.writeTextFile(`${directory}/target`, "precious\n");
    await Deno.symlink(`${directory}/target`, path);
  }],
  ["a link to nothing", (path, directory) => Deno.symlink(`${directory}/target`, path)],
  ["a link to a stale socket", async (path, directory) => {
    await leaveStaleSocket(`${directory}/target`);
    await Deno.symlink(`${directory}/target`, path);
  }],
];

for (const [what, make] of OTHER_THINGS) {
  Deno.test(`Listener.bind() leaves ${what} in its place alone, and refuses it`, async () => {
    await inDirectory(async (directory) => {
      const socket = `${directory}/bus.sock`;
      await make(socket, directory);
      const before = [await namesIn(directory), (await Deno.lstat(socket)).ino];
      const error = await assertRejects(() => Listener.bind(pathsOf(socket)), BusError);
      assertEquals(error.code, "unsafe_path");
      assertEquals(error.message, `${socket} is no socket; it was left alone`);
      assertEquals(error.hint, "choose another path with --socket");
      assertEquals([await namesIn(directory), (await Deno.lstat(socket)).ino], before);
    });
  });
}

Deno.test({
  name: "Listener.bind() leaves another user's socket alone, and refuses it",
  // Only root can give a file away.
  ignore: Deno.uid() !== 0,
  async fn() {
    await inDirectory(async (directory) => {
      const socket = `${directory}/bus.sock`;
      await leaveStaleSocket(socket);
      await Deno.chown(socket, 12_345, 12_345);
      const error = await assertRejects(() => Listener.bind(pathsOf(socket)), BusError);
      assertEquals(error.message, `${socket} belongs to user 12345; it was left alone`);
      assertEquals(await namesIn(directory), ["bus.sock"]);
    });
  },
});

Deno.test("Listener.close() leaves a successor's socket alone, which stays open", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const first = await Listener.bind(pathsOf(socket));
    await Deno.remove(socket);
    assertEquals(first.isInPlace(), false);
    const second = await Listener.bind(pathsOf(socket));
    assertEquals([first.isInPlace(), second.isInPlace()], [false, true]);
    first.close();
    assertEquals(await isListenedTo(socket), true);
    second.close();
    assertEquals(await namesIn(directory), []);
  });
});

Deno.test("Listener.close() leaves a file alone that somebody put in its place", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const listener = await Listener.bind(pathsOf(socket));
    await Deno.remove(socket);
    await Deno.writeTextFile(socket, "precious\n");
    listener.close();
    assertEquals(await Deno.readTextFile(socket), "precious\n");
  });
});

Deno.test("Listener.bind() says what the system says, and leaves nothing", async () => {
  await inDirectory(async (directory) => {
    const error = await assertRejects(
      () => Listener.bind(pathsOf(`${directory}/missing/bus.sock`)),
      BusError,
    );
    assertEquals(error.code, "failed");
    assertEquals(await namesIn(directory), []);
  });
});

Deno.test("Listener.bind() takes any path that the system takes", async () => {
  await inDirectory(async (directory) => {
    const longest = `${directory}/${"s".repeat(107 - directory.length - 1)}`;
    for (const socket of [longest, longest.slice(0, -1), `${directory}/s`]) {
      const listener = await Listener.bind(pathsOf(socket));
      assertEquals(await isListenedTo(socket), true);
      listener.close();
      assertEquals(await namesIn(directory), []);
    }
  });
});

Deno.test("Listener.touch() makes the socket look used", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const listener = await Listener.bind(pathsOf(socket));
    await Deno.utime(socket, new Date(0), new Date(0));
    await listener.touch();
    assert(Number((await Deno.lstat(socket)).mtime) > Date.now() - 60_000);
    listener.close();
  });
});
