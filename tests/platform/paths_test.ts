import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { BusError } from "../../lib/protocol/errors.ts";
import {
  type HubChoice,
  hubPaths,
  type PathSystem,
  runtimeDirectory,
  SocketPathTooLongError,
  stateDirectory,
} from "../../lib/platform/paths.ts";

const BARE: PathSystem = {
  uid: 1000,
  os: "linux",
  home: () => "/home/ada",
  cwd: () => "/srv/a",
  isOurDirectory: () => false,
  isSocket: () => false,
};
const WITH_RUN: PathSystem = { ...BARE, isOurDirectory: (path) => path === "/run/user/1000" };

function env(variables: Record<string, string>) {
  return { get: (name: string) => variables[name] };
}

function paths(choice: HubChoice, variables: Record<string, string> = {}, system = WITH_RUN) {
  return hubPaths(choice, env(variables), system);
}

function refusal(choice: HubChoice, variables: Record<string, string> = {}, system = WITH_RUN) {
  const error = assertThrows(() => paths(choice, variables, system), BusError);
  assertEquals(error.code, "usage");
  return error.message;
}

Deno.test("hubPaths() of the default hub lie in the user's runtime directory", () => {
  assertEquals(paths({}), {
    socket: "/run/user/1000/bus/default.sock",
    lock: "/run/user/1000/bus/default.lock",
    directory: "/run/user/1000/bus",
    ownDirectory: true,
    log: "/home/ada/.local/state/bus/default.log",
    name: "default",
    catalogue: "/home/ada/.config/bus/default.json",
  });
});

Deno.test("hubPaths() has the catalogue by the hub's name, in the user's configuration", () => {
  assertEquals(paths({ name: "work" }).catalogue, "/home/ada/.config/bus/work.json");
  assertEquals(paths({}, { XDG_CONFIG_HOME: "/etc/x/" }).catalogue, "/etc/x/bus/default.json");
  assertEquals(
    paths({}, { XDG_CONFIG_HOME: "x" }).catalogue,
    "/home/ada/.config/bus/default.json",
  );
  assertEquals(paths({}, {}, { ...WITH_RUN, home: () => "" }).catalogue, undefined);
  assertEquals(paths({ socket: "/tmp/x.sock" }).catalogue, undefined);
});

Deno.test("runtimeDirectory() is $XDG_RUNTIME_DIR/bus, else /run/user's, else one in /tmp", () => {
  assertEquals(runtimeDirectory(env({ XDG_RUNTIME_DIR: "/x" }), WITH_RUN), "/x/bus");
  assertEquals(runtimeDirectory(env({ XDG_RUNTIME_DIR: "/x//" }), WITH_RUN), "/x/bus");
  assertEquals(runtimeDirectory(env({}), WITH_RUN), "/run/user/1000/bus");
  const desktop = { ...WITH_RUN, isSocket: (path: string) => path === "/run/user/1000/bus" };
  assertEquals(runtimeDirectory(env({}), desktop), "/run/user/1000/bus-hub");
  assertEquals(
    runtimeDirectory(env({ XDG_RUNTIME_DIR: "/run/user/1000" }), desktop),
    "/run/user/1000/bus-hub",
  );
  assertEquals(runtimeDirectory(env({ XDG_RUNTIME_DIR: "" }), WITH_RUN), "/run/user/1000/bus");
  assertEquals(runtimeDirectory(env({}), BARE), "/tmp/bus-1000");
});

Deno.test("runtimeDirectory() ignores a relative $XDG_RUNTIME_DIR", () => {
  assertEquals(runtimeDirectory(env({ XDG_RUNTIME_DIR: "run" }), BARE), "/tmp/bus-1000");
});

Deno.test("hubPaths() of a named hub: the option goes before $BUS_NAME", () => {
  assertEquals(paths({ name: "work" }, { BUS_NAME: "play" }).lock, "/run/user/1000/bus/work.lock");
  assertEquals(paths({}, { BUS_NAME: "play" }).socket, "/run/user/1000/bus/play.sock");
  assertEquals(paths({}, { BUS_NAME: "" }).name, "default");
});

Deno.test("hubPaths() of a given socket: the option goes before $BUS_SOCKET, that before a name", () => {
  const given = {
    socket: "/tmp/x.sock",
    lock: "/tmp/x.sock.lock",
    directory: "/tmp",
    ownDirectory: false,
    log: "/home/ada/.local/state/bus/x.sock-df1e6f76.log",
  };
  assertEquals(paths({ socket: "/tmp/x.sock" }, { BUS_SOCKET: "/tmp/y.sock" }), given);
  assertEquals(paths({}, { BUS_SOCKET: "/tmp/x.sock", BUS_NAME: "work" }), given);
  assertEquals(paths({}, { BUS_SOCKET: "" }).name, "default");
  assertEquals(paths({ socket: "x.sock" }).directory, ".");
  assertEquals(paths({ socket: "/x.sock" }).directory, "/");
});

Deno.test("stateDirectory() is $XDG_STATE_HOME/bus, else one in the home, else the runtime's", () => {
  assertEquals(stateDirectory(env({ XDG_STATE_HOME: "/s/" }), BARE), "/s/bus");
  for (const variables of [{}, { XDG_STATE_HOME: "" }, { XDG_STATE_HOME: "state" }]) {
    assertEquals(stateDirectory(env(variables), BARE), "/home/ada/.local/state/bus");
  }
  const homeless = { ...BARE, home: () => "" };
  assertEquals(stateDirectory(env({ XDG_RUNTIME_DIR: "/x" }), homeless), "/x/bus");
});

Deno.test("hubPaths() of the socket of a hub that goes by a name are that hub's, however it is written", () => {
  const ci = paths({ name: "ci" });
  assertEquals(paths({ socket: "/run/user/1000/bus/ci.sock" }), ci);
  assertEquals(paths({ socket: "/run/user/1000/x/..//bus/ci.sock" }), ci);
  assertEquals(paths({}, { BUS_SOCKET: "/run/user/1000/bus/default.sock" }), paths({}));
  const own = { BUS_SOCKET: "/run/own/bus/ci.sock", XDG_RUNTIME_DIR: "/run/own/" };
  assertEquals(paths({}, own).name, "ci");
  for (const other of ["bus/x/ci.sock", "ci.sock", "bus/ci", "bus/.sock"]) {
    assertEquals(paths({ socket: `/run/user/1000/${other}` }).name, undefined);
  }
  assertEquals(
    refusal({ socket: "/run/user/1000/bus/ci.sock/" }),
    "/run/user/1000/bus/ci.sock/ is a directory's path, not a socket's",
  );
});

Deno.test("hubPaths() of a given socket log by name and whole path, however that is written", () => {
  const log = (socket: string) => paths({ socket }, { XDG_STATE_HOME: "/s" }).log;
  const one = log("/srv/a/x.sock");
  assertMatch(one, /^\/s\/bus\/x\.sock-[0-9a-f]{8}\.log$/);
  for (const same of ["x.sock", "./x.sock", "../a/x.sock", "/srv//a/x.sock"]) {
    assertEquals(log(same), one);
  }
  assertNotEquals(log("/srv/b/x.sock"), one);
});

Deno.test("hubPaths() refuses a name beside a socket, so that neither is ignored", () => {
  assertEquals(refusal({ socket: "/tmp/x", name: "w" }), "--name and --socket both say which hub");
  assertEquals(
    refusal({ name: "w" }, { BUS_SOCKET: "/tmp/x" }),
    "--name and $BUS_SOCKET both say which hub",
  );
});

Deno.test("hubPaths() refuses a name that is no plain file name", () => {
  for (const name of ["", ".", "..", "a/b", "/a", "a\0"]) {
    const shown = name.replace("\0", "\\x00");
    assertEquals(refusal({ name }), `a hub's name is a plain file name, not "${shown}"`);
  }
  assertEquals(refusal({}, { BUS_NAME: "../x" }), `a hub's name is a plain file name, not "../x"`);
});

Deno.test("hubPaths() refuses paths that cannot be a socket's", () => {
  assertEquals(refusal({ socket: "" }), "the socket's path is empty");
  const abstract = "a socket's path has no NUL; abstract sockets are not used";
  assertEquals(refusal({ socket: "\0bus" }), abstract);
  assertEquals(refusal({ socket: "/tmp/a\0b" }), abstract);
  for (const socket of ["/", "/tmp/", ".", "..", "/tmp/.", "/tmp/.."]) {
    assertEquals(refusal({ socket }), `${socket} is a directory's path, not a socket's`);
  }
  assertEquals(paths({ socket: "/tmp/..x" }).socket, "/tmp/..x");
});

Deno.test("hubPaths() takes 107 bytes on Linux and 103 on macOS, and no more", () => {
  const mac = { ...WITH_RUN, os: "darwin" };
  const of = (length: number) => "/tmp/".padEnd(length, "x");
  assertEquals(paths({ socket: of(107) }).socket, of(107));
  assertEquals(paths({ socket: of(103) }, {}, mac).socket, of(103));
  assertEquals(
    refusal({ socket: of(108) }),
    `the socket's path has 108 bytes, the system takes 107: ${of(108)}`,
  );
  assertEquals(
    refusal({ socket: of(104) }, {}, mac),
    `the socket's path has 104 bytes, the system takes 103: ${of(104)}`,
  );
  const tooLong = assertThrows(() => paths({ socket: of(108) }), SocketPathTooLongError);
  assertEquals(tooLong.paths.lock, `${of(108)}.lock`);
  // Bytes, not characters.
  refusal({ socket: "/tmp/".padEnd(100, "é") });
  refusal({ name: "n".repeat(90) });
});

Deno.test("hubPaths() takes the system as it is where nothing is passed in", () => {
  assertEquals(hubPaths({ socket: "/tmp/x.sock" }).socket, "/tmp/x.sock");
  const away = hubPaths({ socket: `${Deno.cwd()}/x.sock` });
  assertEquals(hubPaths({ socket: "x.sock" }).log, away.log);
  assertEquals(hubPaths({ name: "work" }, env({})).ownDirectory, true);
});
