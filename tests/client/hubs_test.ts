import { assert, assertEquals, assertRejects } from "@std/assert";
import { HubSilentError } from "../../lib/client/errors.ts";
import { hubs } from "../../lib/client/hubs.ts";
import { hubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { serve } from "../../lib/server/lifecycle.ts";
import { LockHolder } from "./lock_holder.ts";
import { accept } from "./socket_hub.ts";

type Env = Pick<Deno.Env, "get">;

/** Runs below a runtime directory of its own. */
function test(name: string, run: (env: Env, directory: string) => Promise<void>) {
  Deno.test(name, async () => {
    const base = await Deno.makeTempDir();
    const directory = `${base}/bus`;
    const variables: Record<string, string> = { XDG_RUNTIME_DIR: base, BUS_SOCKET: "/elsewhere" };
    try {
      await run({ get: (name) => variables[name] }, directory);
    } finally {
      await Deno.remove(base, { recursive: true });
    }
  });
}

/** The paths of a hub of that name in that environment. */
function named(name: string, env: Env) {
  return hubPaths({ name }, { get: (key) => key === "BUS_SOCKET" ? undefined : env.get(key) });
}

/** A socket as a killed hub leaves it. */
async function leaveSocket(path: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${path}.bound` });
  await Deno.rename(`${path}.bound`, path);
  listener.close();
}

test("hubs() finds none where there is no runtime directory", async (env) => {
  assertEquals(await hubs(env), []);
});

test(
  "hubs() tells one that runs from one that does not and from an orphan",
  async (env, directory) => {
    const controller = new AbortController();
    const listening = Promise.withResolvers<unknown>();
    const paths = named("work", env);
    const serving = serve({ paths, onListening: listening.resolve, signal: controller.signal });
    await Promise.race([listening.promise, serving]);
    try {
      // Only the lock of one, and only the socket of another.
      await Deno.writeTextFile(`${directory}/done.lock`, "");
      await leaveSocket(`${directory}/killed.sock`);
      await using orphan = await LockHolder.start(named("orphan", env));
      const found = await hubs(env, 100);
      assertEquals(
        found.map(({ name, state, pid }) => [name, state, pid]),
        [
          ["done", "not_running", undefined],
          ["killed", "not_running", undefined],
          ["orphan", "orphan", orphan.pid],
          ["work", "running", Deno.pid],
        ],
      );
      const [done, killed, silent, running] = found;
      assertEquals([done?.error, killed?.error, running?.error], [undefined, undefined, undefined]);
      assert(silent?.error instanceof HubSilentError);
      assertEquals(running?.paths, paths);
      assertEquals(running?.status?.socket, paths.socket);
      assertEquals(silent.status, undefined);
    } finally {
      controller.abort();
      await serving;
    }
  },
);

test(
  "hubs() looks at no other file, nor at a socket that is about to be renamed",
  async (env, directory) => {
    await Deno.mkdir(directory, { mode: 0o700 });
    for (
      const file of [
        "notes.txt",
        ".lock",
        ".sock",
        ".x.sock",
        "x.lock.old",
        `${"n".repeat(99)}.lock`,
      ]
    ) {
      await Deno.writeTextFile(`${directory}/${file}`, "");
    }
    await Deno.writeTextFile(`${directory}/a b.lock`, "");
    assertEquals((await hubs(env)).map(({ name }) => name), ["a b"]);
  },
);

test("hubs() takes one that answers that it has no room as running", async (env, directory) => {
  await Deno.mkdir(directory, { mode: 0o700 });
  using listener = Deno.listen({ transport: "unix", path: `${directory}/full.sock` });
  const finding = hubs(env);
  const hub = await accept(listener);
  await hub.say({ type: "error", code: "limit", message: "no room" });
  hub.close();
  const [full] = await finding;
  assertEquals([full?.state, full?.error?.code, full?.status], ["running", "limit", undefined]);
});

test(
  "hubs() takes a process that listens and says nothing as an orphan",
  async (env, directory) => {
    await Deno.mkdir(directory, { mode: 0o700 });
    using _listener = Deno.listen({ transport: "unix", path: `${directory}/deaf.sock` });
    const [deaf] = await hubs(env, 50);
    assertEquals([deaf?.state, deaf?.error?.code, deaf?.pid], ["orphan", "hub_silent", undefined]);
  },
);

test("hubs() says why it did not ask one whose socket is none", async (env, directory) => {
  await Deno.mkdir(directory, { mode: 0o700 });
  await Deno.writeTextFile(`${directory}/odd.sock`, "");
  const [odd] = await hubs(env);
  assertEquals([odd?.state, odd?.error?.code], ["not_running", "unsafe_path"]);
});

test("hubs() does not look into a directory that others can write to", async (env, directory) => {
  await Deno.mkdir(directory);
  await Deno.chmod(directory, 0o777);
  assertEquals((await assertRejects(() => hubs(env), BusError)).code, "unsafe_path");
});
