import { assertEquals } from "@std/assert";
import { hubsJson, hubsView } from "../../lib/cli/hubs_view.ts";
import { paint } from "../../lib/cli/paint.ts";
import { HubSilentError } from "../../lib/client/errors.ts";
import type { FoundHub } from "../../lib/client/hubs.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";
import { BusError } from "../../lib/protocol/errors.ts";

const DIRECTORY = "/run/user/1000/bus";

function pathsOf(name: string): HubPaths {
  return {
    socket: `${DIRECTORY}/${name}.sock`,
    lock: `${DIRECTORY}/${name}.lock`,
    directory: DIRECTORY,
    ownDirectory: true,
    log: `/state/${name}.log`,
    name,
  };
}

const FOUND: readonly FoundHub[] = [
  {
    name: "default",
    paths: pathsOf("default"),
    state: "running",
    pid: 4711,
    status: {
      type: "status_response",
      pid: 4711,
      uptime_sec: 3_725,
      active_conns: 2,
      consumers: [],
      published: 329,
    },
  },
  {
    name: "hung",
    paths: pathsOf("hung"),
    state: "orphan",
    pid: 88,
    error: new HubSilentError(pathsOf("hung"), 88),
  },
  { name: "old", paths: pathsOf("old"), state: "not_running" },
  {
    name: "odd\nname",
    paths: pathsOf("odd\nname"),
    state: "not_running",
    error: new BusError("unsafe_path", "it is somebody else's", "remove it"),
  },
];

Deno.test("hubsView() has a row for each hub, the remedy for an orphan, and what it cannot see", () => {
  assertEquals(
    hubsView(FOUND, { paint: paint(false), directory: DIRECTORY }),
    `NAME       STATE         PID  UP     CONSUMERS  PUBLISHED
default    running      4711  1h 2m          2        329
hung       orphan         88  -              -          -
old        not running     -  -              -          -
odd\\nname  not running     -  -              -          -

hung: process 88 holds it and does not answer (end it with: bus stop --force --name hung)
odd\\nname: it is somebody else's (remove it)

Hubs on a path given with --socket are not listed.
`,
  );
});

Deno.test("hubsView() without a hub says where it looked", () => {
  assertEquals(
    hubsView([], { paint: paint(false), directory: DIRECTORY }),
    `no hub in ${DIRECTORY}\n\nHubs on a path given with --socket are not listed.\n`,
  );
});

Deno.test("hubsView() warns of an orphan by its colour", () => {
  const marked = { ...paint(false), red: (text: string) => `<${text}>` };
  const lines = hubsView(FOUND, { paint: marked, directory: DIRECTORY }).split("\n");
  assertEquals(lines.filter((line) => line.includes("<")).map((line) => line.split(/ +/)[0]), [
    "hung",
  ]);
});

Deno.test("hubsJson() has the files of each hub, and its own answer or what came in its place", () => {
  assertEquals(JSON.parse(JSON.stringify(hubsJson(FOUND.slice(0, 3), DIRECTORY))), {
    directory: DIRECTORY,
    hubs: [
      {
        name: "default",
        state: "running",
        pid: 4711,
        socket: `${DIRECTORY}/default.sock`,
        lock: `${DIRECTORY}/default.lock`,
        log: "/state/default.log",
        status: FOUND[0]?.status,
      },
      {
        name: "hung",
        state: "orphan",
        pid: 88,
        socket: `${DIRECTORY}/hung.sock`,
        lock: `${DIRECTORY}/hung.lock`,
        log: "/state/hung.log",
        error: {
          code: "hub_silent",
          message: `the hub on ${DIRECTORY}/hung.sock (pid 88) does not answer`,
        },
      },
      {
        name: "old",
        state: "not_running",
        socket: `${DIRECTORY}/old.sock`,
        lock: `${DIRECTORY}/old.lock`,
        log: "/state/old.log",
      },
    ],
  });
});
