import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type HubPaths, hubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { serve } from "../../lib/server/lifecycle.ts";
import { takeLock } from "../../lib/server/lock.ts";
import { inDirectory, leaveStaleSocket, modeOf, namesIn } from "./own_directory.ts";

interface Running {
  readonly paths: HubPaths;
  /** Ends it as a signal would; resolves when it has ended. */
  stop(): Promise<void>;
  readonly served: Promise<void>;
}

async function start(socket: string): Promise<Running> {
  const paths = hubPaths({ socket }, { get: () => undefined });
  const listening = Promise.withResolvers<string>();
  const end = new AbortController();
  const served = serve({ paths, onListening: listening.resolve, signal: end.signal });
  assertEquals(await Promise.race([listening.promise, served]), socket);
  const stop = async () => {
    end.abort();
    await served;
  };
  return { paths, stop, served };
}

/** Says a line to a hub and reads until it closes. */
async function ask(socket: string, line: string): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path: socket });
  await connection.write(new TextEncoder().encode(`${line}\n`));
  return await new Response(connection.readable).text();
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test("serve() listens for the user alone until it is stopped, then socket and lock are free", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    const hub = await start(socket);
    assertEquals([await modeOf(socket), await modeOf(hub.paths.lock)], [0o600, 0o600]);
    const status = JSON.parse(await ask(socket, '{"type":"status_query"}'));
    assertEquals([status.pid, status.socket], [Deno.pid, socket]);
    assertEquals(await takeLock(hub.paths.lock), "held");
    await hub.stop();
    assertEquals([await isThere(socket), await isThere(hub.paths.lock)], [false, true]);
    const lock = await takeLock(hub.paths.lock);
    assert(lock !== "held");
    lock.release();
  });
});

Deno.test("serve() ends when a shutdown is asked for, and its sender is closed last", async () => {
  await inDirectory(async (directory) => {
    const hub = await start(`${directory}/bus.sock`);
    assertEquals(await ask(hub.paths.socket, '{"type":"shutdown"}'), "");
    await hub.served;
    assertEquals(await isThere(hub.paths.socket), false);
  });
});

Deno.test("serve() tells the peers on its socket why it stops", async () => {
  await inDirectory(async (directory) => {
    const { paths: { socket }, stop } = await start(`${directory}/bus.sock`);
    const consumer = ask(socket, '{"type":"hello","event_key":"k","event_types":["other"]}');
    const publisher = ask(socket, '{"type":"event","event_type":"t","payload":1}');
    for (let here = false; !here;) {
      const { active_conns, published } = JSON.parse(await ask(socket, '{"type":"status_query"}'));
      here = active_conns === 1 && published === 1;
    }
    await stop();
    assertMatch(await consumer, /"type":"hello_ack".*\n\{"type":"bye","reason":"stopped"\}\n$/);
    assertMatch(await publisher, /^\{"type":"error","code":"stopped",.*\}\n$/);
  });
});

Deno.test("serve() refuses a socket that another hub has, which goes on", async () => {
  await inDirectory(async (directory) => {
    const hub = await start(`${directory}/bus.sock`);
    const error = await assertRejects(() => serve({ paths: hub.paths }), BusError);
    assertEquals(error.code, "hub_running");
    assertEquals(error.message, `another hub is running on ${hub.paths.socket}`);
    assertMatch(error.hint ?? "", /bus status/);
    assertMatch(await ask(hub.paths.socket, '{"type":"status_query"}'), /status_response/);
    await hub.stop();
    await (await start(hub.paths.socket)).stop();
  });
});

Deno.test("serve() takes over the socket of a hub that was killed", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    await leaveStaleSocket(socket);
    await Deno.writeTextFile(`${socket}.lock`, "");
    const hub = await start(socket);
    assertMatch(await ask(socket, '{"type":"status_query"}'), /status_response/);
    await hub.stop();
    assertEquals(await isThere(socket), false);
  });
});

Deno.test("serve() leaves a file in the socket's place alone, and the lock free", async () => {
  await inDirectory(async (directory) => {
    const socket = `${directory}/bus.sock`;
    await Deno.writeTextFile(socket, "precious\n");
    const paths = hubPaths({ socket }, { get: () => undefined });
    const error = await assertRejects(() => serve({ paths }), BusError);
    assertEquals(error.code, "unsafe_path");
    assertEquals(await Deno.readTextFile(socket), "precious\n");
    const lock = await takeLock(paths.lock);
    assert(lock !== "held");
    lock.release();
  });
});

Deno.test("serve() refuses a directory that others can write to, before it makes anything", async () => {
  await inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o777);
    const paths = hubPaths({ socket: `${directory}/bus.sock` }, { get: () => undefined });
    const error = await assertRejects(() => serve({ paths }), BusError);
    assertEquals(error.code, "unsafe_path");
    assertEquals(await namesIn(directory), []);
  });
});

Deno.test("serve() makes the runtime directory for the user alone", async () => {
  await inDirectory(async (directory) => {
    const env = new Map([["XDG_RUNTIME_DIR", directory]]);
    const paths = hubPaths({ name: "mine" }, env);
    const listening = Promise.withResolvers<string>();
    const end = new AbortController();
    const served = serve({ paths, onListening: listening.resolve, signal: end.signal });
    assertEquals(await listening.promise, `${directory}/bus/mine.sock`);
    assertEquals(await modeOf(`${directory}/bus`), 0o700);
    end.abort();
    await served;
    assertEquals(await namesIn(`${directory}/bus`), ["mine.lock"]);
  });
});

Deno.test("serve() ends at once where it was to stop before it began", async () => {
  await inDirectory(async (directory) => {
    const paths = hubPaths({ socket: `${directory}/bus.sock` }, { get: () => undefined });
    await serve({ paths, signal: AbortSignal.abort() });
    assertEquals(await isThere(paths.socket), false);
  });
});
