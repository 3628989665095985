import { assert, assertEquals } from "@std/assert";
import width from "string-width";
import { paint } from "../../lib/cli/paint.ts";
import { statusView, type StatusViewOptions } from "../../lib/cli/status_view.ts";
import type { ConsumerInfo, StatusResponse } from "../../lib/protocol/messages.ts";

const NOW = 1_769_860_800_000;

const PIPE: StatusViewOptions = {
  paint: paint(false),
  columns: undefined,
  socket: "/tmp/asked.sock",
  now: NOW,
};

const GITHUB: ConsumerInfo = {
  pid: 4711,
  event_key: "github",
  event_types: ["github.push", "github.issues.*"],
  received: 329,
  dropped: 0,
  queued: 2,
};

const QUIET: StatusResponse = {
  type: "status_response",
  pid: 1234,
  uptime_sec: 0,
  active_conns: 0,
  consumers: [],
  hub_version: "0.1.0",
  socket: "/run/user/1000/bus/default.sock",
  sources: [],
  published: 0,
  unmatched: 0,
  duplicates: 0,
  refused: 0,
  closing: 0,
  closed: [],
  buffered_bytes: 0,
  buffered_limit: 268_435_456,
};

const BUSY: StatusResponse = {
  ...QUIET,
  uptime_sec: 93_784,
  active_conns: 2,
  consumers: [GITHUB, {
    ...GITHUB,
    pid: 88,
    event_key: "slow",
    event_types: [">"],
    received: 20_000,
    dropped: 18_028,
    queued: 1024,
  }],
  published: 20_329,
  unmatched: 3,
  duplicates: 1,
  refused: 4,
  closing: 1,
  sources: [{ source: "clock", state: "connected" }, {
    source: "github",
    state: "reconnecting",
    detail: "in 5 s",
  }],
  closed: [
    { ...GITHUB, pid: 5, closed_at: NOW - 60_000, reason: "bye" },
    { ...GITHUB, pid: 6, dropped: 12, closed_at: NOW - 185_000, reason: "slow" },
    { ...GITHUB, pid: 7, closed_at: NOW - 1_000, reason: "eof" },
  ],
  buffered_bytes: 503_000,
};

Deno.test("statusView() of a hub that nobody uses", () => {
  assertEquals(
    statusView(QUIET, PIPE),
    `hub        pid 1234, up 0s, version 0.1.0
socket     /run/user/1000/bus/default.sock
events     0 published, 0 of them to nobody, 0 duplicates, 0 refused
buffers    0 B of 256 MiB
consumers  0
`,
  );
});

Deno.test("statusView() of a busy hub, with what is wrong in it", () => {
  assertEquals(
    statusView(BUSY, PIPE),
    `hub        pid 1234, up 1d 2h, version 0.1.0
socket     /run/user/1000/bus/default.sock
events     20329 published, 3 of them to nobody, 1 duplicate, 4 refused
buffers    491.2 KiB of 256 MiB
consumers  2

 PID  KEY     TYPES                        RECEIVED  DROPPED  QUEUED
4711  github  github.push,github.issues.*       329        0       2
  88  slow    >                               20000    18028    1024

sources:
  clock: connected
  github: reconnecting (in 5 s)

consumers cut off lately:
  pid 6, key github: slow, 12 dropped, 3m 5s ago

1 connection cut off, still held by the system
`,
  );
});

Deno.test("statusView() says first what is wrong with the hub itself", () => {
  const warnings = [
    "the log cannot be written: No space left\x1b[2J on device (3 lines lost)",
    "2",
  ];
  assertEquals(
    statusView({ ...QUIET, warnings }, PIPE).split("\n").slice(5, 9),
    [
      "",
      "warning: the log cannot be written: No space left\\x1b[2J on device (3 lines lost)",
      "warning: 2",
      "",
    ],
  );
});

Deno.test("statusView() of a hub that says no more than the contract asks of it", () => {
  const facts: StatusResponse = {
    type: "status_response",
    pid: 1234,
    uptime_sec: 61,
    active_conns: 1,
    consumers: [{ pid: 0, event_key: "gh", received: 1, dropped: 0 }],
  };
  assertEquals(
    statusView(facts, PIPE),
    `hub        pid 1234, up 1m 1s
socket     /tmp/asked.sock
consumers  1

PID  KEY  TYPES  RECEIVED  DROPPED  QUEUED
  0  gh   -             1        0       -
`,
  );
});

const HOSTILE = "\x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800" +
  "鍵".repeat(9);

Deno.test("statusView() of a hub with hostile strings in every field has no character that acts", () => {
  const consumer = { ...GITHUB, event_key: HOSTILE, event_types: [HOSTILE, "x".repeat(5000)] };
  const facts: StatusResponse = {
    ...QUIET,
    active_conns: 1,
    hub_version: HOSTILE,
    socket: HOSTILE,
    consumers: [consumer],
    sources: [{ source: HOSTILE, state: "connected", detail: HOSTILE }],
    closed: [{ ...consumer, closed_at: NOW + 5, reason: HOSTILE }],
  };
  const text = statusView(facts, PIPE);
  // deno-lint-ignore no-control-regex
  const acts = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  assert(!acts.test(text));
  assert(text.isWellFormed());
  assertEquals(
    text,
    String
      .raw`hub        pid 1234, up 0s, version \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵鍵鍵
socket     \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵鍵鍵
events     0 published, 0 of them to nobody, 0 duplicates, 0 refused
buffers    0 B of 256 MiB
consumers  1

 PID  KEY                                   TYPES                                                                             RECEIVED  DROPPED  QUEUED
4711  \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J…  \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵…       329        0       2

sources:
  \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵鍵鍵: connected (\x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵鍵鍵)

consumers cut off lately:
  pid 4711, key \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J…: \x1b]52;c;x\x07\r\n\t\x00\x7f\x9b2J\u202e\u2066\u2028\u061c\ud800鍵鍵鍵鍵鍵鍵鍵鍵鍵, 0 dropped, 0s ago
`,
  );
});

Deno.test("statusView() cuts keys and types so that rows fit into a terminal", () => {
  const long = { ...GITHUB, event_key: "鍵".repeat(30), event_types: ["github.鍵".repeat(50)] };
  const facts = { ...QUIET, active_conns: 2, consumers: [long, GITHUB] };
  for (const columns of [100, 120, 200]) {
    const lines = statusView(facts, { ...PIPE, columns }).split("\n");
    for (const line of lines) assert(width(line) <= columns, `${columns}: ${line}`);
  }
  // Narrower than the numbers allow nothing is cut to nothing.
  assert(statusView(facts, { ...PIPE, columns: 10 }).includes("github.…"));
});

// With NO_COLOR set there are none to be had.
Deno.test("statusView() colours what stands out on a terminal, and nothing else moves", {
  ignore: Deno.noColor,
}, () => {
  const coloured = statusView(BUSY, { ...PIPE, paint: paint(true) });
  assert(coloured.includes("\x1b[33m18028\x1b[39m"));
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.replaceAll(/\x1b\[\d+m/g, ""), statusView(BUSY, PIPE));
});

Deno.test("statusView() names the last five that were cut off, and how many before", () => {
  const closed = Array.from({ length: 8 }, (_, at) => ({
    ...GITHUB,
    pid: at,
    closed_at: NOW - 1000,
    reason: "slow",
  }));
  const text = statusView({ ...QUIET, closed }, PIPE);
  assert(text.includes("consumers cut off lately (and 3 before):\n  pid 3, key github: slow, "));
  assert(!text.includes("pid 2,"));
});

Deno.test("statusView() says what an answer leaves out", () => {
  const consumers = [GITHUB];
  const lastLine = (facts: StatusResponse) => statusView(facts, PIPE).split("\n").at(-2);
  assertEquals(
    lastLine({ ...QUIET, consumers, active_conns: 4000, truncated: true }),
    "the hub names 1 of its 4000 consumers, for want of room",
  );
  assertEquals(
    lastLine({ ...QUIET, consumers, active_conns: 1, truncated: true }),
    "the hub left out details, for want of room",
  );
});
