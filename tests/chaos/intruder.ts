/**
 * Another user waits, in a directory that all share, for the moment in which a hub's path is free, and
 * listens there in its place: nobody says a word to that one.
 *
 * @module
 */

import { pause } from "../../lib/client/deadline.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";
import type { Part, Trial } from "../campaign/campaign.ts";
import { Place } from "../e2e/kit.ts";
import { canRunAs, INTRUDER } from "../e2e/users.ts";
import { consumeOnce, IF_THERE, pathsOf, publishOnce } from "./stage/library_peers.ts";
import { insist } from "../campaign/questions.ts";

/** Who connects again and again. */
const CONNECTING = 6;

/**
 * Listens at a path whenever it is free, answers as a hub would, and counts what it is told. Ends with
 * its stdin.
 */
const SCRIPT = `
use Socket;
my ($path, $bound, $connected, $bytes, $first) = ($ARGV[0], 0, 0, 0, "");
sub readable { my $r = ""; vec($r, fileno($_[0]), 1) = 1; select($r, undef, undef, $_[1]) > 0 }
until (readable(*STDIN, 0)) {
  socket(my $door, AF_UNIX, SOCK_STREAM, 0) or die $!;
  bind($door, pack_sockaddr_un($path)) or next;
  chmod 0777, $path;
  listen($door, 10);
  $bound++;
  while (readable($door, 0.003)) {
    accept(my $peer, $door) or last;
    $connected++;
    while (readable($peer, 0.02)) {
      my $length = sysread($peer, my $words, 65536) or last;
      $bytes += $length;
      $first ||= $words;
      syswrite($peer, qq({"type":"flush_ack","id":1,"events":0,"matched":0,"duplicates":0}\\n));
    }
  }
  close $door;
  unlink $path;
  select(undef, undef, undef, 0.0005);
}
print STDERR "$bound $connected $bytes $first\\n";
`;

const OWN = "times that the user's own socket was there";
const ATTEMPTS = "attempts at the intruder's socket";
const MET = "attempts that met one of the user's own";

export const intruder: Part = {
  name: "intruder",
  rows: [30],
  weight: 3,
  floors: {
    "times that the intruder listened": 300,
    [OWN]: 60,
    [ATTEMPTS]: 2_000,
    [MET]: 60,
  },
  async run(trial) {
    if (!canRunAs(INTRUDER, "perl")) return trial.skip("only root can become another user");
    await using place = await Place.empty();
    await Deno.chmod(place.directory, 0o1777);
    const args = ["-e", SCRIPT, place.socket];
    const other = place.start(args, { command: "perl", user: INTRUDER, stdin: "open" });
    await intrude(trial, pathsOf(place));
    await other.endInput();
    const { stderr } = await other.end();
    const [, bound = "0", connected, bytes, words] = /^(\d+) (\d+) (\d+) (.*)/.exec(stderr) ?? [];
    trial.tally.add("times that the intruder listened", Number(bound));
    trial.note("connections that were closed without a word", `${connected}`);
    insist(
      bytes === "0",
      `another user was told ${bytes} bytes, the first were ${words}: ${stderr}`,
    );
  },
};

/** A socket of the user's own comes and goes, as hubs do, while others want to speak to it. */
async function intrude(trial: Trial, paths: HubPaths): Promise<void> {
  const { tally } = trial;
  const random = trial.random.fork();
  // Whether one meets the user's own socket, there for a millisecond, is chance.
  const isOver = () => !trial.goesOn(OWN, ATTEMPTS, MET);
  const comeAndGo = async () => {
    while (!isOver()) {
      try {
        using door = Deno.listen({ transport: "unix", path: paths.socket });
        tally.add(OWN);
        void answerNobody(door);
        await pause(random.int(0, 3));
      } catch (error) {
        // The intruder's is there.
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      }
      // No hub is followed by the next any sooner.
      await pause(random.int(20, 40));
    }
  };
  const connect = async (speak: (paths: HubPaths) => Promise<unknown>) => {
    while (!isOver()) {
      try {
        await speak(paths);
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        const isRefused = error.code === "unsafe_path";
        if (isRefused) tally.add(ATTEMPTS);
        if (error.code === "hub_gone") tally.add(MET);
      }
    }
  };
  const connecting = Array.from(
    { length: CONNECTING },
    (_, at) =>
      connect((paths) =>
        at % 2 === 0 ? publishOnce(paths, IF_THERE) : consumeOnce(paths, "k", IF_THERE)
      ),
  );
  await Promise.all([comeAndGo(), ...connecting]);
}

async function answerNobody(door: Deno.UnixListener): Promise<void> {
  try {
    for await (const connection of door) connection.close();
  } catch {
    // It was closed.
  }
}
