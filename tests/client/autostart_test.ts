import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { startHub } from "../../lib/client/autostart.ts";
import { HubConnection } from "../../lib/client/connection.ts";
import { askStatus, stop } from "../../lib/client/control.ts";
import { HubStartError } from "../../lib/client/errors.ts";
import { type HubPaths, hubPaths } from "../../lib/platform/paths.ts";
import { busProgram } from "../../lib/platform/program.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import { eventually } from "../e2e/waiting.ts";

/** Runs where no hub is; directory and state are the test's own. */
function test(name: string, run: (paths: HubPaths) => Promise<void>) {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir();
    const env = { get: (name: string) => name === "XDG_STATE_HOME" ? `${directory}/s` : undefined };
    await Deno.mkdir(`${directory}/s/bus`, { recursive: true, mode: 0o700 });
    try {
      await run(hubPaths({ socket: `${directory}/x.sock` }, env));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** A program that is a shell script; `$0` is the test's directory. */
function script({ directory }: HubPaths, text: string): string[] {
  return ["/bin/sh", "-c", text, directory];
}

/** The program from source, which writes a line to `$0/starts` whenever it is started. */
function countedProgram(paths: HubPaths): string[] {
  return [...script(paths, 'echo start >> "$0/starts"; exec "$@"'), ...busProgram()];
}

async function ended(pid: number): Promise<void> {
  for (const end = performance.now() + 5_000; performance.now() < end;) {
    const isThere = await Deno.lstat(`/proc/${pid}`).then(() => true, () => false);
    if (!isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`process ${pid} is still there`);
}

async function stopped({ socket }: HubPaths, pid: number): Promise<void> {
  await stop({ socket });
  await ended(pid);
}

test("startHub() starts a hub, with a log, and connects to it", async (paths) => {
  const connection = await startHub(paths);
  assert(connection instanceof HubConnection);
  const { pid, socket } = await askStatus(connection);
  assert(pid !== Deno.pid);
  assertEquals(socket, paths.socket);
  assertMatch(await Deno.readTextFile(paths.log), new RegExp(`listening on ${paths.socket}`));
  await stopped(paths, pid);
});

test("startHub() by many at once starts one process, and all get to it", async (paths) => {
  const program = countedProgram(paths);
  const connections = await Promise.all(
    Array.from({ length: 20 }, () => startHub(paths, { program })),
  );
  const pids = new Set<number>();
  for (const connection of connections) {
    if (connection instanceof HubConnection) pids.add((await askStatus(connection)).pid);
  }
  assertEquals(pids.size, 1);
  assertEquals(await Deno.readTextFile(`${paths.directory}/starts`), "start\n");
  await stopped(paths, Math.max(...pids));
});

test("startHub() starts none where there is one", async (paths) => {
  using listener = Deno.listen({ transport: "unix", path: paths.socket });
  const connection = await startHub(paths, { program: script(paths, "echo > $0/started") });
  assert(connection instanceof HubConnection);
  (await listener.accept()).close();
  connection.close();
  await assertRejects(() => Deno.lstat(`${paths.directory}/started`), Deno.errors.NotFound);
});

test("startHub() shows the reason of a program that fails, at once", async (paths) => {
  const cases = [
    ["echo warning >&2; echo 'error: no room (make some)' >&2; exit 1", "no room (make some)"],
    ["echo 'error: first' >&2; echo '    at file.ts:1' >&2; exit 1", "first"],
    ["echo 'what now' >&2; echo >&2; exit 1", "what now"],
    ["printf 'error: \\033[31mred' >&2; exit 1", "\\x1b[31mred"],
    ["exit 0", "it ended without a word"],
  ] as const;
  for (const [text, reason] of cases) {
    const start = () => startHub(paths, { program: script(paths, text) });
    const error = await assertRejects(start, HubStartError);
    assertEquals([error.code, error.message], ["failed", `cannot start a hub: ${reason}`]);
  }
});

test("startHub() says what the real program says", async (paths) => {
  await Deno.writeTextFile(paths.socket, "no socket");
  const error = await assertRejects(() => startHub(paths), BusError);
  assertEquals(error.message, `${paths.socket} is no socket`);
  await Deno.remove(paths.socket);
  await Deno.remove(`${paths.directory}/s/bus`);
  const reason = await assertRejects(() => startHub(paths), HubStartError);
  assertMatch(reason.message, new RegExp(`^cannot start a hub: .*${paths.directory}/s/bus`));
});

test("startHub() goes on to the one that has won where its own has lost", async (paths) => {
  const program = script(
    paths,
    `echo > "$0/started"; while [ ! -e "$0/held" ]; do sleep 0.01; done
     echo 'error: another hub is running' >&2; exit 1`,
  );
  const starting = startHub(paths, { program });
  const isStarted = () => Deno.lstat(`${paths.directory}/started`).then(() => true, () => false);
  await eventually("the program is started", isStarted);
  using lock = await Deno.open(paths.lock, { create: true, write: true });
  assertEquals(await lock.tryLock(true), true);
  await Deno.writeTextFile(`${paths.directory}/held`, "");
  assertEquals(await starting, "busy");
});

test("startHub() does not wait for ever for a program that does not listen", async (paths) => {
  const program = script(paths, "exec sleep 60");
  const start = () => startHub(paths, { program, timeout: 50 });
  const error = await assertRejects(start, HubStartError);
  const [, pid, rest] = /its process \(pid (\d+)\) (.*)$/.exec(error.message) ?? [];
  assertEquals(rest, "does not listen after 0.05 s");
  assertEquals(error.hint, `see its log: ${paths.log}`);
  Deno.kill(Number(pid));
  await ended(Number(pid));
});

test("startHub() ends when its signal fires, with the signal's reason, and the process stays", async (paths) => {
  const controller = new AbortController();
  const program = script(paths, 'echo $$ > "$0/new"; mv "$0/new" "$0/pid"; exec sleep 60');
  const starting = startHub(paths, { program, signal: controller.signal });
  const pid = async () =>
    Number(await Deno.readTextFile(`${paths.directory}/pid`).catch(() => "0"));
  await eventually("the program is started", pid);
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => starting), reason);
  Deno.kill(await pid());
  await ended(await pid());
  const before = () => startHub(paths, { program, signal: controller.signal });
  assertStrictEquals(await assertRejects(before), reason);
});

test("startHub() has no place to start one where the directory is not there, or open to all", async (paths) => {
  const gone = hubPaths({ socket: `${paths.directory}/none/x.sock` });
  const error = await assertRejects(() => startHub(gone), BusError);
  assertEquals(error.message, `there is no directory ${paths.directory}/none`);
  await Deno.chmod(paths.directory, 0o777);
  assertEquals((await assertRejects(() => startHub(paths), BusError)).code, "unsafe_path");
});

test("startHub() of a process that was itself started to be a hub starts nothing", async (paths) => {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const text = `
    import { startHub } from ${module("../../lib/client/autostart.ts")};
    import { hubPaths } from ${module("../../lib/platform/paths.ts")};
    await Deno.writeTextFile("${paths.directory}/starts", "start\\n", { append: true });
    const program = [Deno.execPath(), "run", "-A", "--no-check", "${paths.directory}/again.ts"];
    const socket = "${paths.socket}";
    try {
      await startHub(hubPaths({ socket }), { program });
    } catch (error) {
      console.error("error: " + error.message);
    }`;
  const file = `${paths.directory}/again.ts`;
  await Deno.writeTextFile(file, text);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const program = [Deno.execPath(), "run", "-A", "--no-check", "--config", config, file];
  const error = await assertRejects(() => startHub(paths, { program }), HubStartError);
  assertMatch(error.message, /this process was itself started to be a hub$/);
  assertEquals(await Deno.readTextFile(`${paths.directory}/starts`), "start\n");
});
