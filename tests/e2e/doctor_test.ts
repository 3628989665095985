/**
 * `bus doctor` on set-ups that are broken for real, each of which it must name with its remedy, and
 * on sound ones.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Check } from "../../lib/cli/doctor_check.ts";
import { VERSION } from "../../lib/platform/version.ts";
import { Place, PROGRAM, type StartOptions } from "./kit.ts";
import { eventually } from "./waiting.ts";

const isRoot = Deno.uid() === 0;

/** Whether a command can be run here. */
function canRun(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Without it no file system can be mounted. */
const canMount = canRun("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt");

/** Root passes every check of a mode for nothing, so another user runs what is about modes. */
const AS_USER = isRoot
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM]
  : [PROGRAM];
const canRunAsUser = canRun(AS_USER[0] ?? "", ...AS_USER.slice(1), "--version");

/** What `bus doctor --json` says. */
interface Report {
  readonly code: number;
  readonly sound: boolean;
  readonly checks: Check[];
}

/** Everything about a hub that goes by its name in a runtime directory of its own. */
function named(place: Place): Record<string, string> {
  return { BUS_SOCKET: "", XDG_RUNTIME_DIR: `${place.directory}/run` };
}

async function doctor(place: Place, options?: StartOptions): Promise<Report> {
  return report(await place.run(["doctor", "--json"], options));
}

function report(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
): Report {
  assertEquals(stderr, "");
  const { sound, checks, version } = JSON.parse(stdout);
  assertEquals([version, code === 0], [VERSION, sound]);
  return { code, sound, checks };
}

/** Expects one problem and no more, and gives what is said of it. */
function theProblem({ code, checks }: Report): string {
  const problems = checks.flatMap((check) =>
    check.verdict === "ok" ? [] : [`${check.name}: ${check.finding} → ${check.remedy}`]
  );
  assertEquals([code, problems.length], [1, 1], problems.join("\n"));
  return problems[0] ?? "";
}

Deno.test("doctor: all is well before the first hub, with one, and after it was stopped", async () => {
  await using place = await Place.empty();
  const env = named(place);
  await Deno.mkdir(`${place.directory}/run`);
  const isWell = async () => {
    const { code, stdout, stderr } = await place.run(["doctor"], { env });
    assertEquals([code, stderr], [0, ""], stdout);
    assertEquals(stdout.split("\n").at(-2), "all is well");
    return stdout;
  };
  await isWell();
  const hub = place.start(["serve"], { env });
  await hub.says(/^listening on /);
  const text = await isWell();
  assertMatch(text, new RegExp(`^ok +lock +process ${hub.pid} \\(bus\\) holds .*$`, "m"));
  assertMatch(text, new RegExp(`^ok +hub +pid ${hub.pid} answers within \\d+ ms, `, "m"));
  assertMatch(text, new RegExp(`^ok +version +hub and program are both ${VERSION}$`, "m"));
  assertEquals((await place.run(["stop"], { env })).code, 0);
  await isWell();
});

Deno.test({
  name: "doctor: a runtime directory of another user (made by root alone)",
  ignore: !isRoot,
  async fn() {
    await using place = await Place.empty();
    const directory = `${place.directory}/run/bus`;
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.chown(directory, 54321, 54321);
    assertEquals(
      theProblem(await doctor(place, { env: named(place) })),
      `directory: ${directory} belongs to user 54321, not to you → set XDG_RUNTIME_DIR to a ` +
        "directory of yours, or give a path with --socket",
    );
  },
});

Deno.test("doctor: a runtime directory that is open to others, or a link", async () => {
  await using place = await Place.empty();
  const env = named(place);
  const directory = `${place.directory}/run/bus`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.chmod(directory, 0o777);
  assertEquals(
    theProblem(await doctor(place, { env })),
    `directory: ${directory} is open to others (mode 0777) → close it: chmod 700 ${directory}`,
  );
  await Deno.remove(directory);
  await Deno.symlink(place.directory, directory);
  assertEquals(
    theProblem(await doctor(place, { env })),
    `directory: ${directory} is a link, not a directory → remove it: rm ${directory}`,
  );
});

Deno.test("doctor: a socket that a killed hub left", async () => {
  await using place = await Place.withHub();
  place.hub.signal("SIGKILL");
  await place.hub.end();
  assertEquals(
    theProblem(await doctor(place)),
    `socket: ${place.socket} is stale: nobody listens there, its hub was killed → start a hub, ` +
      `which replaces it: bus serve --socket ${place.socket}; or remove it: rm ${place.socket}`,
  );
  // The remedy is one.
  await place.serve();
  assertEquals((await doctor(place)).code, 0);
});

Deno.test("doctor: a hub that was stopped like a job", async () => {
  await using place = await Place.withHub();
  await place.hub.freeze();
  assertEquals(
    theProblem(await doctor(place)),
    `hub: process ${place.hub.pid} (bus) holds the lock and does not answer: it was stopped → ` +
      `let it go on: kill -CONT ${place.hub.pid}; or end it: bus stop --force --socket ` +
      place.socket,
  );
  place.hub.thaw();
  assertEquals((await doctor(place)).code, 0);
});

Deno.test({
  name: "doctor: an orphan, which holds the lock and listens nowhere (needs flock)",
  ignore: !canRun("flock", "--version"),
  async fn() {
    await using place = await Place.empty();
    const lock = `${place.socket}.lock`;
    const mode = { mode: 0o600 };
    await Deno.writeTextFile(lock, "", mode);
    const orphan = place.start(["--no-fork", lock, "sh", "-c", "echo held; exec cat"], {
      command: "flock",
      stdin: "open",
    });
    await eventually("the lock is held", () => orphan.stdout === "held\n");
    const { code, checks } = await doctor(place);
    const found = checks.filter(({ verdict }) => verdict === "problem");
    assertEquals([code, ...found.map(({ name }) => name)], [1, "socket", "hub"]);
    assertEquals(found.map(({ finding }) => finding), [
      `${place.socket} is gone, though somebody holds the lock`,
      `process ${orphan.pid} (cat) holds the lock and does not answer: an orphan`,
    ]);
    await orphan.endInput();
  },
});

Deno.test("doctor: a path that is longer than a socket's may be", async () => {
  await using place = await Place.empty();
  const socket = `${place.directory}/`.padEnd(108, "x");
  assertEquals(
    theProblem(report(await place.run(["doctor", "--json", "--socket", socket]))),
    `path: ${socket} has 108 bytes, a socket's path has at most 107 → give a shorter one with ` +
      "--socket",
  );
});

Deno.test("doctor: few descriptors, for a hub that is to be started and for one that runs", async () => {
  await using place = await Place.empty();
  const before = report(await place.shell("ulimit -n 64; exec bus doctor --json"));
  assertMatch(
    theProblem(before),
    /^descriptors: a hub started here may have 64 descriptors open, enough for \d+ connections → /,
  );
  assertStringIncludes(theProblem(before), "LimitNOFILE=");
  const raised = report(await place.shell("ulimit -Sn 64; exec bus doctor --json"));
  assertEquals(raised.checks.find(({ name }) => name === "descriptors")?.verdict, "ok");
  const hub = place.start(["-c", "ulimit -Sn 64; exec bus serve"], { command: "/bin/sh" });
  await hub.says(/listening on /);
  assertEquals(
    (await doctor(place)).checks.map(({ verdict }) => verdict).includes("problem"),
    false,
  );
  await place.run(["--pid", String(hub.pid), "--nofile=64:"], { command: "prlimit" });
  const running = theProblem(await doctor(place));
  assertMatch(running, /^descriptors: the hub may have 64 descriptors open, /);
  assertStringIncludes(running, "ulimit -n $(ulimit -Hn)");
  hub.signal("SIGTERM");
  await hub.end();
});

Deno.test({
  name: "doctor: full disks and read-only ones, told as the tmpfs that they are (needs unshare)",
  ignore: !canMount,
  async fn(t) {
    await using place = await Place.empty();
    const run = `${place.directory}/run`;
    const state = `${place.directory}/state`;
    for (const directory of [run, state]) await Deno.mkdir(directory);
    const env = { ...named(place), XDG_STATE_HOME: state };
    const inMount = async (script: string) =>
      report(
        await place.run(["-Urm", "/bin/sh", "-c", `${script} && exec bus doctor --json`], {
          command: "unshare",
          env,
        }),
      );
    const tmpfs = (at: string, options: string) =>
      `mount -t tmpfs -o ${options} tmpfs ${at} && mkdir -m 700 ${at}/bus`;
    const fill = (at: string) => `{ cat /dev/zero > ${at}/bus/filled 2>/dev/null; true; }`;

    await t.step("no block is left for a hub", async () => {
      const found = await inMount(`${tmpfs(run, "size=1m")} && ${fill(run)}`);
      assertEquals(
        theProblem(found),
        `space: nothing can be written to ${run}/bus: No space left on device → make room: ` +
          `df -h ${run}/bus; df -i ${run}/bus`,
      );
      const { finding } = found.checks.find(({ name }) => name === "filesystem") ?? {};
      assertEquals(finding, `${run}/bus lies on tmpfs, which is local`);
    });
    await t.step("no inode is left for a hub", async () => {
      assertMatch(
        theProblem(await inMount(tmpfs(run, "size=8m,nr_inodes=2"))),
        /^space: nothing can be written to .*: No space left on device → make room: /,
      );
    });
    await t.step("no block is left for a log", async () => {
      assertMatch(
        theProblem(await inMount(`${tmpfs(state, "size=1m")} && ${fill(state)}`)),
        /^log: nothing can be written to .*: No space left on device → make room: /,
      );
    });
    await t.step("the log's file system is read-only", async () => {
      assertMatch(
        theProblem(await inMount(`${tmpfs(state, "size=8m")} && mount -o remount,ro ${state}`)),
        /^log: nothing can be written to .*: Read-only file system → .*findmnt -T /,
      );
    });
    await t.step("there is room", async () => {
      assertEquals((await inMount(tmpfs(run, "size=8m"))).code, 0);
    });
  },
});

Deno.test("doctor: a log that has no place, or is no file", async () => {
  await using place = await Place.empty();
  const state = `${place.directory}/state`;
  await Deno.writeTextFile(state, "");
  const env = { ...named(place), XDG_STATE_HOME: state };
  await Deno.mkdir(`${place.directory}/run`);
  assertEquals(
    theProblem(await doctor(place, { env })),
    `log: ${state} is no directory → choose another directory with XDG_STATE_HOME`,
  );
  await Deno.remove(state);
  const log = `${state}/bus/default.log`;
  await Deno.mkdir(log, { recursive: true, mode: 0o700 });
  assertEquals(
    theProblem(await doctor(place, { env })),
    `log: ${log} is no file of yours → see what it is, and remove it: ls -ld ${log}`,
  );
});

Deno.test({
  name: "doctor: a log that its user may not write (as root: needs a program that others may run)",
  ignore: !canRunAsUser,
  async fn() {
    await using place = await Place.empty();
    const directory = `${place.directory}/state/bus`;
    const log = `${directory}/default.log`;
    await Deno.mkdir(`${place.directory}/run`);
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(log, "", { mode: 0o400 });
    const all = ["", "/run", "/state", "/state/bus", "/state/bus/default.log"];
    if (isRoot) {
      for (const path of all) await Deno.chown(`${place.directory}${path}`, 65534, 65534);
    }
    const env = { ...named(place), XDG_STATE_HOME: `${place.directory}/state` };
    const [command = "", ...args] = AS_USER;
    const asUser = async () =>
      report(await place.run([...args, "doctor", "--json"], { command, env }));
    assertEquals(
      theProblem(await asUser()),
      `log: nothing can be written to ${log}: Permission denied → see its owner and mode: ls -ld ` +
        log,
    );
    await Deno.chmod(log, 0o600);
    await Deno.chmod(directory, 0o500);
    assertEquals(
      theProblem(await asUser()),
      `log: nothing can be written to ${directory}: Permission denied → see its owner and mode: ` +
        `ls -ld ${directory}`,
    );
    await Deno.chmod(directory, 0o700);
    assertEquals((await asUser()).code, 0);
  },
});

Deno.test("doctor: a hub of another version", async () => {
  await using place = await Place.empty();
  using lock = await Deno.open(`${place.socket}.lock`, {
    createNew: true,
    write: true,
    mode: 0o600,
  });
  assert(await lock.tryLock(true));
  const mask = Deno.umask(0o177);
  using listener = Deno.listen({ transport: "unix", path: place.socket });
  Deno.umask(mask);
  const running = doctor(place);
  const connection = await listener.accept();
  const old = {
    pid: Deno.pid,
    uptime_sec: 9,
    active_conns: 0,
    consumers: [],
    hub_version: "0.0.1",
  };
  const line = JSON.stringify({ type: "status_response", ...old, capabilities: ["patterns"] });
  await connection.write(new TextEncoder().encode(`${line}\n`));
  const found = theProblem(await running);
  connection.close();
  assertEquals(
    found,
    `version: the hub is version 0.0.1, this program ${VERSION}, and the hub lacks flush, ` +
      `bye_reason, sets_up → restart it: bus stop --socket ${place.socket}; bus serve --socket ` +
      place.socket,
  );
});

Deno.test("doctor: colours on a terminal alone", async () => {
  await using place = await Place.empty();
  const plain = await place.run(["doctor"]);
  assertEquals(plain.stdout.includes("\x1b"), false);
  const { stdout } = await place.terminal("bus doctor");
  assertStringIncludes(stdout, "\x1b[32mok     \x1b[39m  path");
  const { stdout: declined } = await place.terminal("bus doctor", { env: { NO_COLOR: "1" } });
  assertEquals(declined.includes("\x1b"), false);
});
