/**
 * A small service manager: it owns a listening socket, and whenever somebody waits at it while no
 * program has it, starts one and hands the socket on, as sd_listen_fds(3) says.
 *
 * @module
 */

/**
 * The manager, for perl, which is there where Debian is. Its arguments are the socket's path and the
 * command; for each program that has ended it says so on stderr.
 */
const MANAGER = `
use strict;
use Socket;
use POSIX ();
my ($path, @command) = @ARGV;
$^F = 3;
umask 0177;
socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
bind($socket, pack_sockaddr_un($path)) or die "bind: $!";
listen($socket, 128) or die "listen: $!";
umask 0022;
POSIX::dup2(fileno($socket), 3) if fileno($socket) != 3;
my $child;
$SIG{TERM} = sub { kill "TERM", $child if $child; exit 0 };
syswrite STDERR, "owns $path\\n";
for (;;) {
  my $waiting = "";
  vec($waiting, 3, 1) = 1;
  next if select($waiting, undef, undef, undef) < 1;
  $child = fork();
  if ($child == 0) {
    $ENV{LISTEN_FDS} = 1;
    $ENV{LISTEN_PID} = $$;
    exec @command or die "exec: $!";
  }
  waitpid($child, 0);
  syswrite STDERR, "program $child ended with " . ($? >> 8) . "\\n";
}
`;

/** The words that run it. */
export function activator(socket: string, command: readonly string[]): string[] {
  return ["perl", "-e", MANAGER, socket, ...command];
}
