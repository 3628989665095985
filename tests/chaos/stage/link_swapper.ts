/**
 * Somebody who puts links to a victim where a hub looks for its files, and takes them away again, as
 * fast as can be.
 *
 * @module
 */

import type { Place } from "../../e2e/kit.ts";
import type { Running } from "../../e2e/running.ts";

/**
 * `OVER VICTIM PATH VICTIM PATH…`: over what lies there, where the directory allows it, or only where
 * nothing lies. A target has its turn for a while. Ends with its stdin.
 */
const SCRIPT = `
my ($over, @targets) = @ARGV;
my ($links, $rounds, $at) = (0, 0, 0);
for (;;) {
  $at = 2 * int rand(@targets / 2) unless $rounds++ % 40;
  my ($victim, $path) = @targets[$at, $at + 1];
  if ($over) {
    $links++ if symlink($victim, "$path~") && rename "$path~", $path;
  } else {
    $links++ if symlink $victim, $path;
  }
  select undef, undef, undef, rand 0.0004;
  unlink $path if -l $path;
  # What a hub would take for a file that it has made before.
  if ($over && $path !~ /sock$/ && open my $file, ">", "$path~") {
    rename "$path~", $path;
  }
  select undef, undef, undef, rand 0.0004;
  next if $rounds % 50;
  my $ready = "";
  vec($ready, 0, 1) = 1;
  last if select $ready, undef, undef, 0;
}
print "$links\\n";
`;

/** What is put where. */
export interface Target {
  readonly victim: string;
  readonly path: string;
}

/** The swapping process. */
export class LinkSwapper {
  private constructor(private readonly program: Running) {}

  /** Another user, in a directory that all share: nothing of anybody else's can be replaced there. */
  static anotherUser(place: Place, user: number, targets: readonly Target[]): LinkSwapper {
    return LinkSwapper.#start(place, perl("0", targets), { user });
  }

  /** The user itself, by another program that does it with whatever lies there. */
  static sameUser(place: Place, targets: readonly Target[]): LinkSwapper {
    return LinkSwapper.#start(place, perl("1", targets), {});
  }

  static #start(place: Place, args: string[], who: { user?: number }): LinkSwapper {
    return new LinkSwapper(place.start(args, { ...who, command: "perl", stdin: "open" }));
  }

  /** Returns how many links it has put somewhere. */
  async end(): Promise<number> {
    await this.program.endInput();
    return Number((await this.program.end()).stdout);
  }
}

function perl(over: "0" | "1", targets: readonly Target[]): string[] {
  return ["-e", SCRIPT, over, ...targets.flatMap(({ victim, path }) => [victim, path])];
}
