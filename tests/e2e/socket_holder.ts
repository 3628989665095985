/**
 * Who holds a listening socket and hands it to the hubs that it starts, as systemd does.
 *
 * @module
 */

import { type Place, PROGRAM } from "./kit.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

/**
 * In the language that every Debian has: a descriptor of a chosen number, and a variable with the
 * program's own pid, must be made between fork and exec.
 */
const SCRIPT = `
use Socket;
use POSIX ();
my ($path, @command) = @ARGV;
$^F = 1000;
socket(my $door, AF_UNIX, SOCK_STREAM, 0) or die $!;
bind($door, pack_sockaddr_un($path)) or die $!;
listen($door, 128) or die $!;
print STDERR "holds\\n";
while (<STDIN>) {
  my $pid = fork;
  if ($pid == 0) {
    my $at = fileno $door;
    if ($at != 3) { POSIX::dup2($at, 3) or die $!; POSIX::close($at) }
    @ENV{"LISTEN_PID", "LISTEN_FDS"} = ($$, 1);
    exec @command or die $!;
  }
  print STDERR "started $pid\\n";
  waitpid $pid, 0;
  print STDERR "exit ", $? >> 8, "\\n";
}
`;

/** A socket that outlives the hubs that serve it. */
export class SocketHolder implements AsyncDisposable {
  #started = 0;

  private constructor(private readonly process: Running) {}

  /** Binds the socket of a place; its hubs will be started with these flags. */
  static async at(place: Place, flags: string[]): Promise<SocketHolder> {
    const process = place.start(["-e", SCRIPT, place.socket, PROGRAM, "serve", ...flags], {
      command: "perl",
      stdin: "open",
    });
    await process.says(/^holds$/);
    return new SocketHolder(process);
  }

  /** What the holder and its hubs have said. */
  get stderr(): string {
    return this.process.stderr;
  }

  /** Starts a hub on the socket. Returns its pid once it listens. */
  async startHub(): Promise<number> {
    this.#started++;
    await this.process.write("start\n");
    const listening = () => this.#said(/^listening on .*\(pid (\d+)\)$/gm);
    await eventually("a hub listens", () => listening().length === this.#started);
    return listening().at(-1) ?? 0;
  }

  /** The exit status of the hub that was started last, once it has ended. */
  async hubEnded(): Promise<number> {
    const ends = () => this.#said(/^exit (\d+)$/gm);
    await eventually("the hub ends", () => ends().length === this.#started);
    return ends().at(-1) ?? NaN;
  }

  /** Ends the hub, if one still runs, and lets go of the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pids = this.#said(/^started (\d+)$/gm);
    if (this.#said(/^exit (\d+)$/gm).length < pids.length) Deno.kill(pids.at(-1) ?? 0, "SIGKILL");
    await this.process.endInput();
    await this.process.end();
  }

  /** The numbers that it has said so far. */
  #said(pattern: RegExp): number[] {
    return [...this.stderr.matchAll(pattern)].map(([, number]) => Number(number));
  }
}
