/**
 * Somebody who looks at the modes of files as often as can be, from a process of its own.
 *
 * @module
 */

import type { Place } from "./kit.ts";
import type { Running } from "./running.ts";

/**
 * Looks at directories and at all that lies in them, until its stdin ends; then tells how often it saw
 * which mode of what.
 */
const SCRIPT = `
my %seen;
sub look { my @s = lstat $_[0] or return; $seen{sprintf "%s %o", $_[1], $s[2]}++ }
for (;;) {
  for my $directory (@ARGV) {
    look($directory, $directory);
    opendir my $entries, $directory or next;
    for (readdir $entries) { look("$directory/$_", "$directory/$_") unless /^\\.\\.?$/ }
  }
  next if ++$rounds % 200;
  my $ready = "";
  vec($ready, 0, 1) = 1;
  last if select $ready, undef, undef, 0;
}
print "$seen{$_} $_\\n" for sort keys %seen;
`;

/** What was seen of a file. */
export interface Sighting {
  readonly path: string;
  /** The kind of file and the permissions, as `stat` has them. */
  readonly mode: number;
  readonly times: number;
}

const KIND = 0o170000;
const DIRECTORY = 0o040000;
const SOCKET = 0o140000;

/** The watching process. */
export class ModeWatch {
  private constructor(private readonly program: Running) {}

  /** Watches directories, which need not be there yet, and what lies in them. */
  static on(place: Place, ...directories: string[]): ModeWatch {
    const args = ["-e", SCRIPT, ...directories];
    return new ModeWatch(place.start(args, { command: "perl", stdin: "open" }));
  }

  /** What it has seen. */
  async end(): Promise<Sighting[]> {
    await this.program.endInput();
    const { stdout } = await this.program.end();
    return stdout.split("\n").slice(0, -1).map((line) => {
      const [, times, path = "", mode = ""] = /^(\d+) (.*) (\d+)$/.exec(line) ?? [];
      return { path, mode: parseInt(mode, 8), times: Number(times) };
    });
  }
}

/** Whether it is a socket. */
export function isSocket({ mode }: Sighting): boolean {
  return (mode & KIND) === SOCKET;
}

/** Whether it is a directory. */
export function isDirectory({ mode }: Sighting): boolean {
  return (mode & KIND) === DIRECTORY;
}

/** What was wider than the user alone needs: 0700 of a directory, 0600 of anything else. */
export function tooWide(sightings: readonly Sighting[]): string[] {
  return sightings
    .filter((seen) => (seen.mode & 0o7777 & ~(isDirectory(seen) ? 0o700 : 0o600)) !== 0)
    .map(({ path, mode, times }) => `${path} ${(mode & 0o7777).toString(8)} (${times} times)`);
}
