import { assertEquals, assertThrows } from "@std/assert";
import { serviceUnits } from "../../lib/cli/service_units.ts";
import { BusError } from "../../lib/protocol/errors.ts";

function execStart(...program: string[]): string | undefined {
  return /^ExecStart=(.*)$/m.exec(serviceUnits("work", program).service.text)?.[1];
}

Deno.test("serviceUnits() are a socket, and the hub that is started by it", () => {
  assertEquals(serviceUnits("work", ["/usr/local/bin/bus"]), {
    socket: {
      name: "bus-work.socket",
      text: `[Unit]
Description=Socket of the event bus work

[Socket]
ListenStream=%t/bus/work.sock
SocketMode=0600
DirectoryMode=0700
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`,
    },
    service: {
      name: "bus-work.service",
      text: `[Unit]
Description=Event bus work
Requires=bus-work.socket
After=bus-work.socket

[Service]
Type=notify
NotifyAccess=main
ExecStart=/usr/local/bin/bus serve --name=work
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
Also=bus-work.socket
`,
    },
  });
});

Deno.test("serviceUnits() of bus from source run it by Deno", () => {
  assertEquals(
    execStart("/opt/deno", "run", "--allow-all", "--quiet", "file:///src/main.ts"),
    "/opt/deno run --allow-all --quiet file:///src/main.ts serve --name=work",
  );
});

Deno.test("serviceUnits() quote what systemd would read something into", () => {
  const end = " serve --name=work";
  assertEquals(execStart("/opt/my bus"), `"/opt/my bus"${end}`);
  assertEquals(execStart("/opt/50%/bus"), `/opt/50%%/bus${end}`);
  assertEquals(execStart('/opt/"\\/bus'), `"/opt/\\"\\\\/bus"${end}`);
  assertEquals(execStart("/opt/a\nb\x7f/bus"), `"/opt/a\\x0ab\\x7f/bus"${end}`);
  assertEquals(execStart("/opt/$HOME/bus", "$HOME"), `/opt/$HOME/bus $$HOME${end}`);
  assertEquals(execStart("/opt/a'b;c/bus"), `"/opt/a'b;c/bus"${end}`);
});

Deno.test("serviceUnits() refuse a name that would need to be quoted", () => {
  for (const name of ["a b", "50%", "a@b", "a:b", "$x", "é", "a\\b", "", "x".repeat(201)]) {
    const error = assertThrows(() => serviceUnits(name, ["/bus"]), BusError);
    assertEquals([error.code, error.hint], [
      "usage",
      "choose a name of letters, digits and _ . - with --name",
    ]);
  }
  for (const name of ["default", "my-work", "a.b-c_1", "-x"]) {
    assertEquals(serviceUnits(name, ["/bus"]).socket.name, `bus-${name}.socket`);
  }
});
