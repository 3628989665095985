/**
 * The systemd user units of a hub: pure functions of its name and program.
 *
 * @module
 */

import { printable } from "../platform/printable.ts";
import { BusError } from "../protocol/errors.ts";

/** A file that systemd reads. */
export interface Unit {
  /** Its name there. */
  readonly name: string;
  readonly text: string;
}

/** The units of one hub. */
export interface ServiceUnits {
  /** Listens on the hub's socket. */
  readonly socket: Unit;
  /** Is the hub, started when somebody connects. */
  readonly service: Unit;
}

/**
 * Writes the units of a hub.
 *
 * The service is confined by what the manager of a user can do without rights of its own and without
 * namespaces, which many systems keep from users. There is no `MemoryDenyWriteExecute`: V8 compiles
 * to memory. It may speak to the network, for its sources do. Nor is the hub told to leave when it is idle: what it counts would be gone.
 *
 * @param hub the hub's name
 * @param program the words that run `bus`, the first one an absolute path
 * @param directory the name of the hubs' directory in the user's runtime directory
 * @throws {BusError} `usage` where the name cannot be a unit's
 */
export function serviceUnits(
  hub: string,
  program: readonly string[],
  directory = "bus",
): ServiceUnits {
  // Neither systemd nor a shell reads anything into these; other names would need three quotings.
  if (!/^[A-Za-z0-9_.-]{1,200}$/.test(hub)) {
    throw new BusError(
      "usage",
      `a service's hub cannot be named "${printable(hub, 60)}"`,
      "choose a name of letters, digits and _ . - with --name",
    );
  }
  const socket = `bus-${hub}.socket`;
  const service = `bus-${hub}.service`;
  return {
    socket: {
      name: socket,
      text: `[Unit]
Description=Socket of the event bus ${hub}

[Socket]
ListenStream=%t/${directory}/${hub}.sock
SocketMode=0600
DirectoryMode=0700
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`,
    },
    service: {
      name: service,
      text: `[Unit]
Description=Event bus ${hub}
Requires=${socket}
After=${socket}

[Service]
Type=notify
NotifyAccess=main
ExecStart=${commandLine([...program, "serve", `--name=${hub}`])}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory=/
UnsetEnvironment=BUS_SOCKET BUS_NAME
Restart=on-failure
RestartPreventExitStatus=2
TimeoutStopSec=10
LimitNOFILE=8192
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
Also=${socket}
`,
    },
  };
}

/** Words as systemd.service(5) reads them. */
function commandLine([program = "", ...words]: readonly string[]): string {
  // Variables are not looked for in the program's path, so a $ stands there for itself.
  return [quoted(program), ...words.map((word) => quoted(word.replaceAll("$", "$$$$")))].join(" ");
}

function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%");
  if (/^[\w./@+:,=%$-]+$/.test(escaped)) return escaped;
  const inside = escaped.replaceAll(/[\\"]/g, "\\$&").replaceAll(
    // deno-lint-ignore no-control-regex
    /[\x00-\x1f\x7f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `"${inside}"`;
}
