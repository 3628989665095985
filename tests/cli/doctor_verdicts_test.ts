import { assert, assertEquals } from "@std/assert";
import type { DirectoryFacts, DoctorFacts } from "../../lib/cli/doctor_facts.ts";
import { judge } from "../../lib/cli/doctor_verdicts.ts";
import { VERSION } from "../../lib/platform/version.ts";
import { CAPABILITIES, statusResponse } from "../../lib/protocol/messages.ts";

const MIB = 1024 ** 2;

function directoryFacts(path: string): DirectoryFacts {
  const trial = { directory: path, refusal: undefined, free: { bytes: 64 * MIB, files: 1000 } };
  return { path, state: "safe", trial, mount: { point: "/run/user/1000", type: "tmpfs" } };
}

/** A hub that runs as it should. */
const SOUND: DoctorFacts = {
  paths: {
    socket: "/run/user/1000/bus/work.sock",
    lock: "/run/user/1000/bus/work.lock",
    directory: "/run/user/1000/bus",
    ownDirectory: true,
    log: "/home/ada/.local/state/bus/work.log",
    name: "work",
  },
  pathLimit: 107,
  directory: directoryFacts("/run/user/1000/bus"),
  lock: {
    state: "file",
    mode: 0o600,
    holder: { pid: 4711, program: "bus", isStopped: false },
  },
  socket: { state: "ours", mode: 0o600 },
  hub: {
    kind: "answer",
    milliseconds: 2.3,
    status: statusResponse({
      pid: 4711,
      uptime_sec: 3700,
      active_conns: 2,
      consumers: [],
      hub_version: VERSION,
      capabilities: [...CAPABILITIES, "canonical_metadata_v1"],
    }),
  },
  descriptors: { limit: 1024, hardLimit: 4096, open: 20 },
  log: {
    path: "/home/ada/.local/state/bus/work.log",
    directory: directoryFacts("/home/ada/.local/state/bus"),
    file: "ours",
    refusal: undefined,
  },
};

/** Nothing runs, and nothing is there yet. */
const UNUSED: DoctorFacts = {
  ...SOUND,
  directory: { ...SOUND.directory, state: "absent" },
  lock: { state: "absent", mode: 0, holder: undefined },
  socket: { state: "absent", mode: 0 },
  hub: { kind: "none" },
  log: { ...SOUND.log, file: "absent", directory: { ...SOUND.log.directory, state: "absent" } },
};

/** Of a socket whose path was given. */
const GIVEN: DoctorFacts = {
  ...SOUND,
  paths: {
    socket: "/tmp/x.sock",
    lock: "/tmp/x.sock.lock",
    directory: "/tmp",
    ownDirectory: false,
    log: SOUND.paths.log,
  },
};

/** What is not as it should be, one text a check. */
function complaints(facts: DoctorFacts): string[] {
  return judge(facts).flatMap((check) =>
    check.verdict === "ok"
      ? []
      : [`${check.verdict} ${check.name}: ${check.finding} → ${check.remedy}`]
  );
}

/** The finding of one check. */
function finding(facts: DoctorFacts, name: string): string | undefined {
  return judge(facts).find((check) => check.name === name)?.finding;
}

Deno.test("judge() finds nothing wrong with a hub that runs", () => {
  assertEquals(judge(SOUND).map(({ name, verdict, finding }) => `${verdict} ${name}: ${finding}`), [
    "ok path: /run/user/1000/bus/work.sock has 28 of at most 107 bytes",
    "ok directory: /run/user/1000/bus is yours, and closed to others",
    "ok filesystem: /run/user/1000/bus lies on tmpfs, which is local",
    "ok space: 64 MiB are free in /run/user/1000/bus",
    "ok lock: process 4711 (bus) holds /run/user/1000/bus/work.lock",
    "ok socket: /run/user/1000/bus/work.sock is yours, and closed to others",
    "ok hub: pid 4711 answers within 3 ms, up 1h 1m, 2 consumers",
    `ok version: hub and program are both ${VERSION}`,
    "ok descriptors: the hub may have 1024 descriptors open, enough for 988 connections",
    "ok log: /home/ada/.local/state/bus/work.log can be written",
  ]);
});

Deno.test("judge() finds nothing wrong where no hub has run yet", () => {
  assertEquals(complaints(UNUSED), []);
  assertEquals(finding(UNUSED, "hub"), "none is running (start one with: bus serve --name work)");
  assertEquals(complaints({ ...UNUSED, paths: GIVEN.paths }), []);
});

Deno.test("judge() says no more than the facts do", () => {
  const facts: DoctorFacts = {
    ...UNUSED,
    descriptors: undefined,
    directory: { ...UNUSED.directory, mount: undefined, trial: undefined },
  };
  assertEquals(judge(facts).map(({ name }) => name), [
    "path",
    "directory",
    "lock",
    "socket",
    "hub",
    "log",
  ]);
});

Deno.test("judge() of a path that is too long counts bytes", () => {
  const named = { ...SOUND.paths, socket: `/run/user/1000/bus/${"é".repeat(50)}.sock` };
  assertEquals(complaints({ ...UNUSED, paths: named }), [
    `problem path: ${named.socket} has 124 bytes, a socket's path has at most 107 → choose a ` +
    "shorter name with --name, or a shorter directory with XDG_RUNTIME_DIR",
  ]);
  const given = { ...GIVEN.paths, socket: `/tmp/${"x".repeat(103)}` };
  assertEquals(complaints({ ...UNUSED, paths: given, hub: { kind: "not asked" } }), [
    `problem path: ${given.socket} has 108 bytes, a socket's path has at most 107 → give a ` +
    "shorter one with --socket",
  ]);
});

Deno.test("judge() passes on why a directory is refused, and its remedy", () => {
  const state = { reason: "/x is open to others (mode 0777)", hint: "close it: chmod 700 /x" };
  const facts: DoctorFacts = {
    ...UNUSED,
    directory: { ...SOUND.directory, state, trial: undefined },
    hub: { kind: "not asked" },
  };
  assertEquals(complaints(facts), [`problem directory: ${state.reason} → ${state.hint}`]);
  const without = { ...facts.directory, state: { ...state, hint: undefined } };
  assertEquals(complaints({ ...facts, directory: without }), [
    `problem directory: ${state.reason} → choose a local directory of yours with ` +
    "XDG_RUNTIME_DIR, or give a path with --socket",
  ]);
});

Deno.test("judge() tells tmpfs and disks from NFS and its like, and from what is not known", () => {
  const verdicts = (type: string) => {
    const directory = { ...SOUND.directory, mount: { point: "/run", type } };
    return complaints({ ...SOUND, directory }).map((text) => text.split(" → ")[0]);
  };
  for (const type of ["tmpfs", "ext4", "xfs", "btrfs", "overlay", "fuseblk"]) {
    assertEquals(verdicts(type), []);
  }
  for (const type of ["nfs", "nfs4", "cifs", "9p", "virtiofs", "fuse.sshfs"]) {
    assertEquals(verdicts(type), [
      `problem filesystem: /run/user/1000/bus lies on ${type}, which is shared over a network or ` +
      "with a host: a lock there does not keep everybody out, and sockets may not work",
    ]);
  }
  assertEquals(verdicts("fuse.mine"), [
    "warning filesystem: /run/user/1000/bus lies on fuse.mine: whether a lock there keeps " +
    "everybody out is not known",
  ]);
});

Deno.test("judge() of a full disk, an empty share, a read-only mount, a closed directory", () => {
  const of = (code: string | undefined, reason: string) => {
    const trial = { directory: "/r d", refusal: { code, reason }, free: undefined };
    return complaints({ ...SOUND, directory: { ...SOUND.directory, trial } });
  };
  const begin = "problem space: nothing can be written to /r d: ";
  assertEquals(of("ENOSPC", "No space left on device"), [
    `${begin}No space left on device → make room: df -h '/r d'; df -i '/r d'`,
  ]);
  assertEquals(of("EDQUOT", "Quota exceeded"), [
    `${begin}Quota exceeded → make room, your share of the disk is used up: quota -s`,
  ]);
  assertEquals(of("EROFS", "Read-only file system"), [
    `${begin}Read-only file system → let the file system be written to, see: findmnt -T '/r d'`,
  ]);
  assertEquals(of(undefined, "why"), [`${begin}why → see its owner and mode: ls -ld '/r d'`]);
});

Deno.test("judge() warns while there is still a little room", () => {
  const of = (bytes: number, files: number) => {
    const trial = { directory: "/r", refusal: undefined, free: { bytes, files } };
    return complaints({ ...SOUND, directory: { ...SOUND.directory, trial } });
  };
  assertEquals(of(MIB, Infinity), []);
  assertEquals(of(MIB - 1024, 1000), [
    "warning space: only 1,023 KiB are free in /r → make room: df -h /r",
  ]);
  assertEquals(of(MIB, 1), [
    "warning space: there is room for only 1 more file in /r → make room: df -i /r",
  ]);
});

Deno.test("judge() of a lock that is none, or not the user's alone", () => {
  const of = (lock: Partial<DoctorFacts["lock"]>, facts = SOUND) =>
    complaints({ ...facts, lock: { ...facts.lock, ...lock } });
  const path = SOUND.paths.lock;
  const remedy = `see what it is, and remove it: ls -ld ${path}`;
  assertEquals(of({ state: "link" }), [`problem lock: ${path} is a link, not a lock → ${remedy}`]);
  assertEquals(of({ state: "no file" }), [`problem lock: ${path} is no file → ${remedy}`]);
  assertEquals(of({ state: "foreign" }), [
    `problem lock: ${path} belongs to another user: no hub of yours can start → ${remedy}`,
  ]);
  assertEquals(of({ mode: 0o640 }), [
    `warning lock: ${path} is open to others (mode 0640) → close it: chmod 600 ${path}`,
  ]);
  const given = GIVEN.paths.lock;
  assertEquals(of({ mode: 0o604 }, GIVEN), [
    `problem lock: ${given} is open to others (mode 0604) → close it: chmod 600 ${given}`,
  ]);
});

Deno.test("judge() of a stale socket says what replaces it", () => {
  const facts: DoctorFacts = {
    ...SOUND,
    hub: { kind: "none" },
    lock: { ...SOUND.lock, holder: undefined },
  };
  assertEquals(complaints(facts), [
    `problem socket: ${SOUND.paths.socket} is stale: nobody listens there, its hub was killed → ` +
    "start a hub, which replaces it: bus serve --name work; or remove it: rm " +
    SOUND.paths.socket,
  ]);
});

Deno.test("judge() of a socket that is open to others, or that others have put there", () => {
  const open = { state: "ours", mode: 0o666 } as const;
  const end = (path: string) =>
    `socket: ${path} is open to others (mode 0666) → close it: chmod 600 ${path}`;
  assertEquals(complaints({ ...SOUND, socket: open }), [`warning ${end(SOUND.paths.socket)}`]);
  assertEquals(complaints({ ...GIVEN, socket: open }), [`problem ${end(GIVEN.paths.socket)}`]);
  const foreign = { state: { reason: "/x is a link, not a socket", hint: undefined }, mode: 0o777 };
  assertEquals(complaints({ ...SOUND, socket: foreign, hub: { kind: "not asked" } }), [
    "problem socket: /x is a link, not a socket → see what it is, and remove it: ls -ld " +
    SOUND.paths.socket,
  ]);
});

Deno.test("judge() of an orphan names the process, and how to end it or let it go on", () => {
  const silent: DoctorFacts = { ...SOUND, hub: { kind: "silent" } };
  assertEquals(complaints(silent), [
    "problem hub: process 4711 (bus) holds the lock and does not answer: an orphan → end it: " +
    "bus stop --force --name work",
  ]);
  const stopped = { pid: 4711, program: "bus", isStopped: true };
  assertEquals(complaints({ ...silent, lock: { ...SOUND.lock, holder: stopped } }), [
    "problem hub: process 4711 (bus) holds the lock and does not answer: it was stopped → let it " +
    "go on: kill -CONT 4711; or end it: bus stop --force --name work",
  ]);
  assertEquals(complaints({ ...silent, lock: { ...SOUND.lock, holder: "unseen" } }), [
    "problem hub: a process that cannot be seen from here holds the lock and does not answer → " +
    "end it where it runs: in another container, or as another user",
  ]);
  assertEquals(complaints({ ...silent, lock: { ...SOUND.lock, holder: undefined } }), [
    "problem hub: somebody listens, holds no lock, and does not answer → see who: ss -lxp",
  ]);
});

Deno.test("judge() of a hub whose socket was taken away", () => {
  const facts: DoctorFacts = {
    ...SOUND,
    socket: { state: "absent", mode: 0 },
    hub: { kind: "silent" },
  };
  assertEquals(
    complaints(facts)[0],
    "problem socket: /run/user/1000/bus/work.sock is gone, though " +
      "somebody holds the lock → end that one: bus stop --force --name work; then start a hub: bus " +
      "serve --name work",
  );
});

Deno.test("judge() of a hub that has lost its lock, or that refuses to answer", () => {
  const restart = "stop it, and start another: bus stop --name work; bus serve --name work";
  assertEquals(complaints({ ...SOUND, lock: { ...SOUND.lock, holder: undefined } }), [
    `problem hub: pid 4711 has lost its lock: another hub could start beside it → ${restart}`,
  ]);
  assertEquals(complaints({ ...SOUND, hub: { kind: "failure", reason: "the hub refuses" } }), [
    `problem hub: the hub refuses → ${restart}`,
  ]);
});

Deno.test("judge() of a hub of another version", () => {
  const of = (fields: { hub_version?: string; capabilities?: string[] }) => {
    const { hub_version: _, capabilities: __, ...rest } = SOUND.hub.kind === "answer"
      ? SOUND.hub.status
      : statusResponse({ pid: 1, uptime_sec: 1, active_conns: 0, consumers: [] });
    const hub = { kind: "answer", milliseconds: 1, status: { ...rest, ...fields } } as const;
    return complaints({ ...SOUND, hub });
  };
  const capabilities = [...CAPABILITIES];
  const restart = "restart it: bus stop --name work; bus serve --name work";
  assertEquals(of({ hub_version: "0.0.9\x1b", capabilities }), [
    `problem version: the hub is version 0.0.9\\x1b, this program ${VERSION} → ${restart}`,
  ]);
  assertEquals(of({ hub_version: VERSION, capabilities: capabilities.slice(1) }), [
    `problem version: the hub is version ${VERSION}, this program ${VERSION}, and the hub lacks ` +
    `${CAPABILITIES[0]} → ${restart}`,
  ]);
  assertEquals(of({}), [`warning version: the hub does not say its version → ${restart}`]);
});

Deno.test("judge() of few descriptors says how many connections they allow, and how to have more", () => {
  const of = (limit: number, hardLimit: number) =>
    complaints({ ...UNUSED, descriptors: { limit, hardLimit, open: 24 } });
  assertEquals(of(64, 64), [
    "problem descriptors: a hub started here may have 64 descriptors open, enough for 24 " +
    "connections → raise the hard limit: nofile in /etc/security/limits.conf, LimitNOFILE= in a " +
    "unit",
  ]);
  assertEquals(of(64, 4096)[0]?.split(" → ")[1], "before the hub starts: ulimit -n $(ulimit -Hn)");
  const limits = [103, 104, 551, 552, 1_000_000];
  assertEquals(limits.map((limit) => of(limit, limit)[0]?.split(" ")[0]), [
    "problem",
    "warning",
    "warning",
    undefined,
    undefined,
  ]);
  assertEquals(
    finding(
      { ...SOUND, descriptors: { limit: 100_000, hardLimit: 100_000, open: 20 } },
      "descriptors",
    ),
    "the hub may have 100000 descriptors open, enough for 4096 connections",
  );
});

Deno.test("judge() of a log that cannot be written, or is not the user's", () => {
  const of = (log: Partial<DoctorFacts["log"]>) =>
    complaints({ ...SOUND, log: { ...SOUND.log, ...log } });
  const path = SOUND.log.path;
  assertEquals(of({ file: "not ours" }), [
    `problem log: ${path} is no file of yours → see what it is, and remove it: ls -ld ${path}`,
  ]);
  assertEquals(of({ refusal: { code: "EACCES", reason: "Permission denied" } }), [
    `problem log: nothing can be written to ${path}: Permission denied → see its owner and mode: ` +
    `ls -ld ${path}`,
  ]);
  const { directory } = SOUND.log;
  const trial = { directory: "/s", refusal: undefined, free: { bytes: 5 * MIB - 1, files: 100 } };
  assertEquals(
    of({ directory: { ...directory, trial } })[0]?.split(" → ")[0],
    "warning log: only " +
      "5 MiB are free in /s",
  );
  const refusal = { code: "ENOSPC", reason: "No space left on device" };
  assertEquals(of({ directory: { ...directory, trial: { ...trial, refusal } } }), [
    "problem log: nothing can be written to /s: No space left on device → make room: df -h /s; " +
    "df -i /s",
  ]);
  const state = { reason: "/s is no directory", hint: undefined };
  assertEquals(of({ directory: { ...directory, state, trial: undefined } }), [
    "problem log: /s is no directory → choose another directory with XDG_STATE_HOME",
  ]);
});

Deno.test("judge() gives everything that is not as it should be a remedy, and escapes paths", () => {
  const paths = { ...GIVEN.paths, socket: "/tmp/\x1b[2J", directory: "/tmp/\x1b[2J" };
  const facts: DoctorFacts = {
    ...SOUND,
    paths,
    directory: { ...SOUND.directory, path: paths.directory, mount: { point: "/", type: "nfs" } },
    socket: { state: "ours", mode: 0o666 },
    descriptors: { limit: 64, hardLimit: 64, open: 24 },
  };
  const checks = judge(facts);
  // deno-lint-ignore no-control-regex
  assert(checks.every((check) => !/[\x00-\x1f\x7f]/.test(JSON.stringify(check))));
  const bad = checks.filter(({ verdict }) => verdict !== "ok");
  assertEquals(bad.map(({ name }) => name), ["filesystem", "socket", "descriptors"]);
  assert(bad.every((check) => check.verdict !== "ok" && check.remedy !== ""));
});
