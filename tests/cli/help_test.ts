import { assert, assertEquals } from "@std/assert";
import { COMMON_FLAGS } from "../../lib/cli/command_lines.ts";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { commandHelp, programHelp } from "../../lib/cli/help.ts";

// The whole texts stand here, so that a change of help is read as text.

function helpOf(name: string): string {
  const command = COMMANDS.find((command) => command.name === name);
  assert(command, name);
  return commandHelp(command, COMMON_FLAGS);
}

Deno.test("programHelp() lists every command, the flags of all, and the exit codes", () => {
  assertEquals(
    programHelp(COMMANDS, COMMON_FLAGS),
    `bus: a local event bus

Usage:
  bus COMMAND [ARGUMENTS] [FLAGS]
  bus COMMAND --help

Commands:
  serve    run a hub
  consume  print the events of some types as they come
  publish  publish one event, or one for each line of stdin
  status   show the hub and its consumers, or every hub
  stop     stop the hub and wait until it has gone
  reload   let the hub read its catalogue anew
  list     show the event keys of the catalogue
  schema   show the types and the payload of an event key
  check    find the mistakes of a catalogue
  doctor   find out what is wrong, and what to do
  service  let systemd hold the hub

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0      done
  1      failed
  2      wrong usage or input
  3      no hub there
  4      the hub went away
  5      the timeout came before --max-events were there
  128+N  ended by signal N before the work was done
`,
  );
});

Deno.test("commandHelp() of serve names every limit with its default", () => {
  assertEquals(
    helpOf("serve"),
    `bus serve: run a hub

Usage:
  bus serve [FLAGS]
  bus serve - [FLAGS]

Runs until it is stopped by bus stop, Ctrl-C or SIGTERM. It holds the sources
of its catalogue and those that are given: exec:COMMAND, http:[HOST:]PORT,
websocket:URL, sse:URL, watch:PATH, tail:PATH, timer:TIME, nats:SERVER/SUBJECT.
The events of such a source have its kind, or what it says, as their type.

Arguments:
  -  stdin has one whole event a line, type and id included

Flags:
  --channel-events N    events that may wait for one consumer (default 1024)
  --channel-bytes SIZE  bytes that may wait for one consumer (default 8MiB)
  --memory SIZE         bytes in all buffers together (default 256MiB)
  --capability A,B      capabilities to claim beyond the hub's own
  --idle-timeout TIME   stop when nobody needed it for so long (default 0)
  --config FILE         the catalogue; else that of the hub's name, if any
  --source KIND:ARGS    a source that the hub holds; may be given more than once
  --log PATH            log to this file, rotated, and not to stderr

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0  done
  1  failed
  2  wrong usage or input
`,
  );
});

Deno.test("commandHelp() of consume shows what is required, and the exit codes of a timeout and a signal", () => {
  assertEquals(
    helpOf("consume"),
    `bus consume: print the events of some types as they come

Usage:
  bus consume KEY [--types A,B] [FLAGS]

stdout has one event a line, as JSON. stderr says when it is ready, what was
lost, and at the end how many came, why it ended, and whether it was the last
of its key. Without --max-events and --timeout a signal ends it.

It starts a hub where there is none, and comes back to a hub that went away or
to the next one; after bus stop it waits for one and starts none. What comes
while it is away it misses.

--setup and --cleanup are for /bin/sh, with the key in $BUS_KEY and their stdout
on stderr. Meanwhile whoever comes for the key waits. After 20 s a command gets
SIGTERM. Where setup fails the consumer ends, and the next one sets up. One that
comes back to a hub may be first again: setup must bear what is set up already.
Cleanup is run however the consumer ends, unless a third signal ends it; not
where the hub is away, for nobody knows then who is the last.

Arguments:
  KEY  the event key: who shares it shares set-up and cleanup

Flags:
  --types A,B     event types, or the key's own; a.* any one token, a.> any rest
  --config FILE   the catalogue; else that of the hub's name
  --max-events N  end after so many events
  --timeout TIME  end after this time since the start: 500ms, 30s, 5m, 1h
  --payload       print the payload alone
  --setup CMD     the key's first consumer runs it before it is ready
  --cleanup CMD   the key's last consumer runs it before it leaves
  --no-start      start no hub where there is none
  --no-reconnect  end when the hub goes away

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0      done
  1      failed
  2      wrong usage or input
  3      no hub there
  4      the hub went away
  5      the timeout came before --max-events were there
  128+N  ended by signal N before the work was done
`,
  );
});

Deno.test("commandHelp() of publish shows every way to give an event", () => {
  assertEquals(
    helpOf("publish"),
    `bus publish: publish one event, or one for each line of stdin

Usage:
  bus publish TYPE [JSON|-] [FLAGS]
  bus publish TYPE --text TEXT [FLAGS]
  bus publish TYPE --ndjson [-] [FLAGS]
  bus publish --events [-] [FLAGS]

Ends when the hub has said that every event is routed. The text of a payload
arrives as it is, token for token. It starts a hub where there is none; one
that goes away ends it, for what was sent may have been routed.

Arguments:
  TYPE  the event type
  JSON  the payload; - or none: one JSON text from stdin

Flags:
  --text TEXT    the payload is this text, as a JSON string
  --ndjson       stdin has one payload a line
  --events       stdin has one whole event a line, type and id included
  --id ID        the event's id: seen again it is dropped
  --time MOMENT  when it happened, in unix ms or as a date; else now
  --no-start     start no hub where there is none

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0      done
  1      failed
  2      wrong usage or input
  3      no hub there
  4      the hub went away
  128+N  ended by signal N before the work was done
`,
  );
});

Deno.test("commandHelp() of status tells what --all finds", () => {
  assertEquals(
    helpOf("status"),
    `bus status: show the hub and its consumers, or every hub

Usage:
  bus status [FLAGS]
  bus status --all [--json] [--fail-on-orphan]

With --all it shows the hubs in the user's runtime directory: running, not
running (only files are left), or orphan (a process holds the lock and does not
answer). Hubs on a path given with --socket are known to nobody.

Flags:
  --json            all that the hub says of itself, as JSON
  --all             every hub that goes by a name
  --fail-on-orphan  with --all: end with 1 if one of them is an orphan

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0      done
  1      failed
  2      wrong usage or input
  3      no hub there
  4      the hub went away
  128+N  ended by signal N before the work was done
`,
  );
});

Deno.test("commandHelp() of stop says what force is", () => {
  assertEquals(
    helpOf("stop"),
    `bus stop: stop the hub and wait until it has gone

Usage:
  bus stop [FLAGS]
  bus stop --all [--force]

Consumers that come back by themselves wait, and start no other one.

Flags:
  --all    every hub that goes by a name
  --force  end its process: by SIGTERM, by SIGKILL after 5 s

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0      done
  1      failed
  2      wrong usage or input
  3      no hub there
  4      the hub went away
  128+N  ended by signal N before the work was done
`,
  );
});

Deno.test("commandHelp() of doctor needs no hub, so no exit code speaks of one", () => {
  assertEquals(
    helpOf("doctor"),
    `bus doctor: find out what is wrong, and what to do

Usage:
  bus doctor [FLAGS]

Looks at the places of a hub's files, its lock and socket, the hub itself, the
limits of the system and the log. Exit code 1 says that there is a problem.

Flags:
  --json  the checks as JSON

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0  done
  1  failed
  2  wrong usage or input
`,
  );
});

Deno.test("commandHelp() of service says what may be asked for, and where changes belong", () => {
  assertEquals(
    helpOf("service"),
    `bus service: let systemd hold the hub

Usage:
  bus service install|uninstall|show [FLAGS]

systemd listens on the hub's socket, starts the hub when somebody connects, and
starts it anew when it fails. The units are the user's own; what is to be other
in them belongs into a drop-in (systemctl --user edit). Where the user has no
session: loginctl enable-linger.

Arguments:
  ACTION  write the units, remove what was written, or print it

Flags of every command:
  --socket PATH  the hub's socket; else $BUS_SOCKET
  --name NAME    the hub's name; else $BUS_NAME, else "default"
  --help, -h     show help
  --version, -V  show the version

Exit codes:
  0  done
  1  failed
  2  wrong usage or input
`,
  );
});

Deno.test("help fits into 80 columns", () => {
  const texts = [programHelp(COMMANDS, COMMON_FLAGS), ...COMMANDS.map(({ name }) => helpOf(name))];
  const tooLong = texts.flatMap((text) => text.split("\n").filter((line) => line.length > 80));
  assertEquals(tooLong, []);
});
