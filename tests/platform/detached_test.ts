import { assert, assertEquals, assertMatch } from "@std/assert";
import { DetachedProcess, isStartedDetached } from "../../lib/platform/detached.ts";
import { eventually } from "../e2e/waiting.ts";

/** Runs a shell script to its end. */
async function run(script: string, ...words: string[]): Promise<DetachedProcess> {
  const process = new DetachedProcess(["/bin/sh", "-c", script, ...words]);
  while (!process.isOver) await process.sign();
  return process;
}

async function said(script: string, ...words: string[]): Promise<string> {
  return (await run(script, ...words)).said;
}

Deno.test("DetachedProcess has a session of its own, and the root as its directory", async () => {
  const process = await run("cut -d' ' -f6 /proc/$$/stat >&2; pwd >&2");
  assertEquals(process.said, `${process.pid}\n/\n`);
});

Deno.test("DetachedProcess gets its words as they are", async () => {
  const words = ["a b", "", "$x;'", "*", Deno.execPath(), "serve"];
  const shown = words.map((word) => `${word}|`).join("");
  assertEquals(await said('printf "%s|" "$0" "$@" >&2', ...words), shown);
});

Deno.test("DetachedProcess reads nothing, and what it writes on stdout goes nowhere", async () => {
  assertEquals(
    await said('cat; echo lost; out=$(readlink /proc/$$/fd/1); echo "$out" >&2'),
    "/dev/null\n",
  );
});

Deno.test("DetachedProcess knows itself from its children, and has the environment", async () => {
  const process = await run('echo "$BUS_STARTED $PATH" >&2');
  assertEquals(process.said, `${process.pid} ${Deno.env.get("PATH")}\n`);
  const env = { get: (name: string) => name === "BUS_STARTED" ? String(process.pid) : undefined };
  assertEquals(isStartedDetached(env, process.pid), true);
  assertEquals(isStartedDetached(env, (process.pid ?? 0) + 1), false);
  assertEquals(isStartedDetached({ get: () => undefined }), false);
});

/**
 * What a shell script says that a Deno process of its own starts: environment and limits belong to
 * all tests that run now.
 */
async function saidInOwnProcess(
  script: string,
  before: string = "",
  env: Record<string, string> = {},
): Promise<string> {
  const module = new URL("../../lib/platform/detached.ts", import.meta.url).href;
  const program = `
    import { DetachedProcess } from ${JSON.stringify(module)};
    ${before}
    const process = new DetachedProcess(["/bin/sh", "-c", ${JSON.stringify(script)}]);
    while (!process.isOver) await process.sign();
    console.log(process.said);`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    env,
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("DetachedProcess does not speak to the service manager of the one who started it", async () => {
  const script = 'echo "[$NOTIFY_SOCKET$LISTEN_FDS$LISTEN_PID$WATCHDOG_USEC] $BUS_NAME" >&2';
  const env = { NOTIFY_SOCKET: "/x", LISTEN_FDS: "1", LISTEN_PID: "1", WATCHDOG_USEC: "1" };
  assertEquals(await saidInOwnProcess(script, "", { ...env, BUS_NAME: "n" }), "[] n");
});

Deno.test({
  name: "DetachedProcess may have as many descriptors as the system allows",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // As a compiled program finds it: Deno itself raises the limit when it starts.
    const lower = `new Deno.Command("prlimit", {
      args: ["--nofile=64:512", "--pid", String(Deno.pid)] }).outputSync();`;
    assertEquals(await saidInOwnProcess("ulimit -Sn >&2; ulimit -Hn >&2", lower), "512\n512");
  },
});

Deno.test("DetachedProcess keeps the end of what it says", async () => {
  const text = await said('i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done');
  assert(text.length <= 4096, `${text.length} characters`);
  assertMatch(text, /line 2998\nline 2999\n$/);
});

Deno.test("DetachedProcess says why a program cannot be run", async () => {
  const process = new DetachedProcess(["/none/such"]);
  while (!process.isOver) await process.sign();
  assertMatch(process.said, /\/none\/such: (.*)not found/);
});

Deno.test("DetachedProcess.letGo() hears no more, and the process goes on", async () => {
  const dir = await Deno.makeTempDir();
  const script = `trap '' PIPE; echo here >&2; while [ ! -e "$0/go" ]; do sleep 0.01; done
    echo more >&2; echo done > "$0/done"`;
  const process = new DetachedProcess(["/bin/sh", "-c", script, dir]);
  while (process.said === "") await process.sign();
  process.letGo();
  await Deno.writeTextFile(`${dir}/go`, "");
  // It does not keep this process running, so something else must.
  await eventually("the process has ended", () => process.isOver);
  assertEquals(process.said, "here\n");
  assertEquals(await Deno.readTextFile(`${dir}/done`), "done\n");
  await Deno.remove(dir, { recursive: true });
});
