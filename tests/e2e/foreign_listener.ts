/**
 * Another user who listens where a hub is looked for, and writes down what it is told.
 *
 * @module
 */

import type { Place } from "./kit.ts";
import type { Running } from "./running.ts";
import { INTRUDER } from "./users.ts";

/** Listens at a path, whoever may connect; ends with its stdin. */
const SCRIPT = `
use Socket;
my $path = $ARGV[0];
socket(my $door, AF_UNIX, SOCK_STREAM, 0) or die $!;
bind($door, pack_sockaddr_un($path)) or die "cannot bind $path: $!";
chmod 0777, $path;
listen($door, 128) or die $!;
print STDERR "listens\\n";
my %peers;
for (;;) {
  my $ready = "";
  vec($ready, fileno($_), 1) = 1 for *STDIN, $door, values %peers;
  select $ready, undef, undef, undef;
  last if vec($ready, fileno(STDIN), 1);
  if (vec($ready, fileno($door), 1)) {
    accept(my $peer, $door) or die $!;
    $peers{fileno $peer} = $peer;
  }
  for my $at (keys %peers) {
    next unless vec($ready, $at, 1);
    my $length = sysread $peers{$at}, my $words, 65536;
    print STDERR "was told: $words\\n" if $length;
    delete $peers{$at} unless $length;
  }
}
`;

/** The listening process. */
export class ForeignListener {
  private constructor(private readonly program: Running) {}

  /** Listens at a path in a directory where another user may. */
  static async at(place: Place, path: string): Promise<ForeignListener> {
    const options = { command: "perl", user: INTRUDER, stdin: "open" } as const;
    const program = place.start(["-e", SCRIPT, path], options);
    await program.says(/^listens$/);
    return new ForeignListener(program);
  }

  /** Ends it; returns all that anybody has said to it. */
  async end(): Promise<string> {
    await this.program.endInput();
    const { stderr } = await this.program.end();
    return stderr.replace("listens\n", "");
  }
}
