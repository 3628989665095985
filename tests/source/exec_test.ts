import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import { Log } from "../../lib/server/log.ts";
import { type ExecSettings, openExec } from "../../lib/source/exec.ts";
import type { Outcome, Source } from "../../lib/source/source.ts";
import { within } from "../e2e/waiting.ts";
import { Play, testContext } from "./kit.ts";
import { WatchedClocks } from "./watched_clocks.ts";

function exec(
  command: string | readonly string[],
  more: Partial<ExecSettings> = {},
  context = testContext(),
): Source {
  return openExec({ kind: "exec", command, ...more }, context);
}

function payloads(play: Play): string[] {
  return play.findings.map(({ payload }) => payload);
}

Deno.test("exec: each line of a command is a finding, as it was written", async () => {
  const play = new Play(exec(`printf '{"a": 12345678901234567890}\\n\\n[1.0]\\n"x"'`));
  assertEquals(await play.ended, undefined);
  assertEquals(payloads(play), ['{"a": 12345678901234567890}', "[1.0]", '"x"']);
  assertMatch(play.states.join(), /^connected: pid \d+$/);
});

Deno.test("exec: a command may be given word by word, a line be any text or a whole event", async () => {
  await using text = new Play(exec(["/bin/echo", 'a  "b"'], { format: "text" }));
  await text.ended;
  assertEquals(payloads(text), ['"a  \\"b\\""']);
  const line = '{"type":"event","event_type":"t","payload":1}';
  await using events = new Play(exec(["/bin/echo", line], { format: "events" }));
  await events.ended;
  assertEquals(events.found, [{ frame: line }]);
});

Deno.test("exec: a command that fails says how, and what it wrote before arrives", async () => {
  const context = testContext();
  const play = new Play(exec("echo 1; printf 2; echo oh no >&2; exit 3", {}, context));
  const error = await play.ended;
  assertEquals((error as BusError).message, "it ended with exit code 3");
  assertEquals(payloads(play), ["1"]);
  assertEquals(context.lines, ["stderr: oh no", "line: a last line without its end was left out"]);
});

Deno.test("exec: JSON may stand in several lines, as some commands print it", async () => {
  const context = testContext();
  const texts = [
    '{\n  "kind": "Pod",\n  "ports": [\n    80\n  ]\n}',
    '{"a":1}',
    "[\n1\n]",
    "{",
    "2",
  ];
  await using play = new Play(exec(["/bin/echo", texts.join("\n")]));
  assertEquals(await play.ended, undefined);
  assertEquals(payloads(play), texts);
  await using failing = new Play(exec("echo '{'; echo '\"a\":'; exit 1", {}, context));
  await failing.ended;
  assertEquals(payloads(failing), []);
  assertEquals(context.lines, ["line: a last text without its end was left out"]);
});

Deno.test("exec: a command that a signal ends says so", async () => {
  const play = new Play(exec("echo 1; kill -9 $$"));
  assertEquals((await play.ended as BusError).message, "it was ended by SIGKILL");
  assertEquals(payloads(play), ["1"]);
});

Deno.test("exec: a program that is not there, and a secret that is not set, are said by name", async () => {
  const play = new Play(exec(["/no/such/program"]));
  assertMatch((await play.ended as BusError).message, /^cannot run \/no\/such\/program: /);
  await assertRejects(
    async () => await exec("true", { environment: { TOKEN: { env: "BUS_TEST_NOT_SET" } } }),
    BusError,
    "the variable BUS_TEST_NOT_SET is not set",
  );
});

Deno.test("exec: it runs where it is told to, with the variables that it is given", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const play = new Play(
      exec('pwd; echo "$COLOUR"', { format: "text", directory, environment: { COLOUR: "blue" } }),
    );
    await play.ended;
    assertEquals(payloads(play), [JSON.stringify(await Deno.realPath(directory)), '"blue"']);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("exec: the end of a run ends the command and all that it has started", async () => {
  const play = new Play(exec("sleep 1000 & echo $!; echo $$; wait"));
  await play.until(({ found }) => found.length === 2);
  const pids = payloads(play).map(Number);
  assertEquals(await play.stop(), undefined);
  for (const pid of pids) await assertGone(pid);
});

Deno.test("exec: what a command has left behind ends with it", async () => {
  const play = new Play(exec("sleep 1000 & echo $!"));
  assertEquals(await play.ended, undefined);
  await assertGone(Number(payloads(play)[0]));
});

/** Goes on once somebody who holds the pipes has left for a session of its own: `$left` is its pid. */
const LEAVE = "exec 3>&1; left=$(setsid sh -c 'echo $$; exec sleep 1000 >&3' &)";

Deno.test("exec: who left for a session of its own does not hold up the end", async () => {
  const play = new Play(exec(`${LEAVE}; echo $left`));
  await play.until(({ found }) => found.length === 1);
  try {
    assertEquals(await within("the end of the run", play.ended), undefined);
  } finally {
    Deno.kill(Number(payloads(play)[0]), "SIGKILL");
  }
});

Deno.test("exec: who goes on writing in a session of its own does not hold up the end", async () => {
  for (const to of ["", " >&2"]) {
    const left = `setsid sh -c 'for i in $(seq 80); do echo 1${to}; sleep 0.2; done'`;
    const context = testContext();
    const play = new Play(exec(`${left} & sleep 0.2; exit 1`, {}, context));
    assertEquals((await play.ended as BusError).message, "it ended with exit code 1");
    const said = play.found.length + context.lines.length;
    assert(said > 0 && said < 40, `${said}`);
  }
});

Deno.test("exec: who floods it from a session of its own does not hold up the end", async () => {
  const begun = performance.now();
  // By clocks that stand still, however long a read takes where all is busy.
  const command = "setsid timeout 30 yes $(seq -s 0 300) & sleep 0.1";
  const play = new Play(openExec({ kind: "exec", command }, testContext(), new WatchedClocks()));
  assertEquals(await play.ended, undefined);
  assert(performance.now() - begun < 25_000, `${performance.now() - begun} ms`);
});

Deno.test("exec: a stop does not wait for who goes on writing in a session of its own", async () => {
  const left = "setsid sh -c 'for i in $(seq 100); do echo 1; sleep 0.2; done'";
  const play = new Play(exec(`${left} & sleep 1000`));
  await play.until(({ found }) => found.length === 1);
  assertEquals(await play.stop(), undefined);
  assert(play.found.length < 50, `${play.found.length}`);
});

/** A command that is gone, of which the hub has taken a part; somebody else holds its pipes. */
async function heldBack() {
  const clocks = new WatchedClocks();
  const released = Promise.withResolvers<Outcome>();
  const command = `${LEAVE}; sleep 1000 & echo "[$left, $!]"; wait; seq 2 10000`;
  const source = openExec({ kind: "exec", command }, testContext(), clocks);
  const play = new Play(source, () => released.promise);
  await play.until(({ found }) => found.length > 0);
  const [left, awaited]: number[] = JSON.parse(payloads(play)[0] ?? "");
  // What comes from here on is not in the part that was taken.
  Deno.kill(Number(awaited), "SIGKILL");
  // Since the group is gone the end of stderr is awaited so long.
  await clocks.untilDue(1_000);
  return {
    clocks,
    play,
    release: () => released.resolve("routed"),
    [Symbol.dispose]: () => Deno.kill(Number(left), "SIGKILL"),
  };
}

Deno.test("exec: what a command has written arrives, however late the hub takes it", async () => {
  using held = await heldBack();
  const { clocks, play, release } = held;
  clocks.goTo(60_000);
  release();
  await play.until(({ found }) => found.length === 10_000);
  await clocks.untilDue(61_000);
  clocks.goTo(61_000);
  assertEquals(await within("the end of the run", play.ended), undefined);
});

Deno.test("exec: at a stop what the hub does not take within a second is left", async () => {
  using held = await heldBack();
  const { clocks, play, release } = held;
  const stopped = play.stop();
  await new Promise((resolve) => setTimeout(resolve, 0));
  clocks.goTo(1_000);
  release();
  assertEquals(await within("the end of the run", stopped), undefined);
  assert(play.found.length < 10_000, `${play.found.length}`);
});

Deno.test("exec: a burst on stderr is in the log line by line, a flood is cut and counted", async () => {
  const told: string[] = [];
  let now = 0;
  const log = new Log((line) => void told.push(line.replace(/^\S+ /, "")), () => 0, () => now);
  const context = {
    ...testContext(),
    log: (cause: string, text: string, most?: number) => log.limited(cause, text, most),
  };
  const oneByOne = "for i in $(seq 25); do echo $i >&2; sleep 0.01; done";
  await new Play(exec(`${oneByOne}; seq 26 50 >&2`, {}, context)).ended;
  assertEquals(told, Array.from({ length: 50 }, (_, at) => `${at + 1}\n`));
  await new Play(exec("seq 51 100000 >&2", {}, context)).ended;
  assertEquals(told.length, 50);
  now = 1_000;
  log.settle();
  assertEquals(told[50], "100000 (and 99949 more like this)\n");
});

Deno.test("exec: what is said on stderr need not be UTF-8, nor have ends or an end", async () => {
  const context = testContext();
  const command = "printf 'a\\377b\\r\\n\\n \\n\\342\\202'; sleep 0.1; printf '\\254\\n'; " +
    "head -c 2000000 /dev/zero | tr '\\0' x; echo; printf last";
  await new Play(exec(`{ ${command}; } >&2`, {}, context)).ended;
  assertEquals(context.lines, [
    "stderr: a\ufffdb",
    "stderr: €",
    `stderr: ${"x".repeat(4_096)}…`,
    "stderr: last",
  ]);
});

Deno.test("exec: a line that is too long or not UTF-8 is left out, and the next one arrives", async () => {
  const context = testContext();
  const command = "head -c 2000000 /dev/zero | tr '\\0' 1; echo; printf '\\377\\n'; echo 3";
  const play = new Play(exec(command, {}, context));
  await play.ended;
  assertEquals(payloads(play), ["3"]);
  assertEquals(context.lines, [
    "line: line 1 is longer than 1048576 bytes: it is left out",
    "line: line 2 is not UTF-8: it is left out",
  ]);
});

Deno.test("exec: as long as findings are not routed no more is read", async () => {
  const released = Promise.withResolvers<void>();
  const play = new Play(exec("seq 1 100000"), () => released.promise.then(() => "routed" as const));
  await play.until(({ found }) => found.length > 0);
  const held = play.found.length;
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(play.found.length, held);
  released.resolve();
  await play.ended;
  assertEquals(play.found.length, 100_000);
});

async function assertGone(pid: number): Promise<void> {
  for (let look = 0; look < 500; look++) {
    const state = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
    if (state === undefined || / Z /.test(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`process ${pid} is still there`);
}
