/**
 * Two users of one machine: the other one gets to no hub of ours, and whatever it puts where ours
 * would be, neither hub nor command of ours has to do with it. Only root can play both.
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { ForeignListener } from "./foreign_listener.ts";
import { Place, PROGRAM } from "./kit.ts";
import { canRunAs, INTRUDER } from "./users.ts";

/** A user of this test alone, whose directory in `/tmp` nobody else needs. */
const OWNER = 54_000 + Deno.pid % 1_000;
const TMP = `/tmp/bus-${OWNER}`;

const canPlay = canRunAs(OWNER, PROGRAM) && canRunAs(INTRUDER, PROGRAM);

/** Everything of ours that gets to a hub, or becomes one. */
const COMMANDS = [
  "serve",
  "publish t 1",
  "publish t 1 --no-start",
  "consume k --types t --timeout 2s",
  "status",
  "status --all",
  "stop",
  "doctor",
];

/** Of these those that become a hub, start one or only ask: the others do one of the three. */
const KINDS = ["serve", "publish t 1", "status"];

/** What it looks like to a raw connection: the error of the system, or nothing. */
const KNOCK = `
use Socket;
socket(my $hub, AF_UNIX, SOCK_STREAM, 0) or die $!;
print connect($hub, pack_sockaddr_un($ARGV[0])) ? "in" : $!;
`;

function test(name: string, body: (place: Place) => Promise<void>): void {
  Deno.test({
    name: `other user: ${name} (played by root alone)`,
    ignore: !canPlay,
    async fn() {
      // What lies in `/tmp` goes when nobody runs any more who could make it anew.
      await using _ = { [Symbol.asyncDispose]: removePrepared };
      await using place = await Place.ofUser({ user: OWNER });
      // What other users do happens below it.
      await Deno.chmod(place.directory, 0o755);
      await body(place);
    },
  });
}

async function removePrepared(): Promise<void> {
  for (const path of [TMP, `${TMP}.d`]) {
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Makes a directory of somebody's. */
async function directoryOf(user: number, path: string, mode: number): Promise<string> {
  await Deno.mkdir(path);
  await Deno.chown(path, user, user);
  await Deno.chmod(path, mode);
  return path;
}

/** Runs a shell command as the other user. */
async function byIntruder(place: Place, script: string): Promise<void> {
  const { code, stderr } = await place.shell(script, { user: INTRUDER });
  assertEquals(code, 0, stderr);
}

/** Expects that commands of ours refuse, and why. */
async function expectRefusals(
  place: Place,
  env: Record<string, string>,
  reason: RegExp,
  commands = KINDS,
): Promise<void> {
  await Promise.all(commands.map(async (command) => {
    const { code, stdout, stderr } = await place.run(command.split(" "), { env });
    assertNotEquals(code, 0, `bus ${command}: ${stdout}${stderr}`);
    assertMatch(`${stdout}${stderr}`, reason, `bus ${command}`);
  }));
}

for (const [where, mode] of [["a directory of one's own", 0o700], ["one that all share", 0o1777]]) {
  test(`another user cannot connect to a hub in ${where}`, async (place) => {
    const directory = await directoryOf(OWNER, `${place.directory}/run`, Number(mode));
    const env = { BUS_SOCKET: `${directory}/x.sock` };
    const hub = await place.serve([], { env });
    const knock = await place.run(["-e", KNOCK, env.BUS_SOCKET], {
      command: "perl",
      user: INTRUDER,
    });
    assertEquals(knock.stdout, "Permission denied");
    for (const command of ["publish t 1", "status", "stop", "consume k --types t --timeout 2s"]) {
      const { code, stderr } = await place.run(command.split(" "), { env, user: INTRUDER });
      assertEquals([code, stderr.split("\n").length], [1, 2], `bus ${command}: ${stderr}`);
      assertMatch(stderr, new RegExp(`Permission denied|belongs to user ${OWNER}, not to you`));
    }
    // And its own user can.
    for (const command of ["publish t 1", "status", "stop"]) {
      const { code, stderr } = await place.run(command.split(" "), { env });
      assertEquals(code, 0, stderr);
    }
    assertEquals((await hub.end()).code, 0);
  });
}

/** What the other user has put in the place of our directory in `/tmp`. */
const PREPARED: [what: string, script: string, socket: string | undefined, reason: RegExp][] = [
  ["a directory of its own", `mkdir -m 700 ${TMP}`, `${TMP}/default.sock`, /user 65534/],
  [
    "a directory for all",
    `mkdir -m 777 ${TMP}; chmod 777 ${TMP}`,
    `${TMP}/default.sock`,
    /user 65534/,
  ],
  ["a link", `mkdir ${TMP}.d; ln -s ${TMP}.d ${TMP}`, `${TMP}/default.sock`, /user 65534/],
  ["a file", `echo >${TMP}`, undefined, /user 65534/],
  ["a socket", "true", TMP, /user 65534/],
];

for (const [what, script, socket, reason] of PREPARED) {
  test(`${what} in the place of the directory in /tmp is refused, and its owner named`, async (place) => {
    await byIntruder(place, script);
    const listener = socket ? await ForeignListener.at(place, socket) : undefined;
    const commands = what === "a directory of its own" ? COMMANDS : KINDS;
    await expectRefusals(place, { BUS_SOCKET: "", XDG_RUNTIME_DIR: "" }, reason, commands);
    assertEquals(await listener?.end() ?? "", "");
  });
}

test("our own directory that all can write to is refused, whoever listens there", async (place) => {
  const parent = await directoryOf(OWNER, `${place.directory}/run`, 0o711);
  const directory = await directoryOf(OWNER, `${parent}/bus`, 0o777);
  const listener = await ForeignListener.at(place, `${directory}/default.sock`);
  await expectRefusals(place, { BUS_SOCKET: "", XDG_RUNTIME_DIR: parent }, /\(mode 0777\)/);
  assertEquals(await listener.end(), "");
});

test("a directory of ours in one of another user's is refused, and that one named", async (place) => {
  const parent = await directoryOf(INTRUDER, `${place.directory}/run`, 0o755);
  const directory = await directoryOf(OWNER, `${parent}/bus`, 0o700);
  await expectRefusals(place, { BUS_SOCKET: "", XDG_RUNTIME_DIR: parent }, /user 65534/);
  assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
});

test("a socket of another user's in $BUS_SOCKET is told nothing, and its owner named", async (place) => {
  const shared = await directoryOf(OWNER, `${place.directory}/shared`, 0o1777);
  const theirs = await directoryOf(INTRUDER, `${place.directory}/theirs`, 0o755);
  for (const directory of [shared, theirs]) {
    const listener = await ForeignListener.at(place, `${directory}/x.sock`);
    const commands = COMMANDS.filter((command) => command !== "status --all");
    await expectRefusals(place, { BUS_SOCKET: `${directory}/x.sock` }, /user 65534/, commands);
    // Nor is it removed by whoever refuses it.
    assert((await Deno.lstat(`${directory}/x.sock`)).isSocket);
    assertEquals(await listener.end(), "");
  }
});

test("a lock of another user's is refused, and its owner named", async (place) => {
  const shared = await directoryOf(OWNER, `${place.directory}/shared`, 0o1777);
  await byIntruder(place, `umask 0; : >${shared}/x.sock.lock`);
  const { code, stderr } = await place.run(["serve", "--socket", `${shared}/x.sock`]);
  assertEquals(code, 1);
  assertMatch(stderr, /^error: [^\n]*x\.sock\.lock belongs to user 65534[^\n]*\n$/);
});
