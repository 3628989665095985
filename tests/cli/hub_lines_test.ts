import { assertEquals } from "@std/assert";
import {
  awayLine,
  backLine,
  brokenOffLine,
  endedAwayText,
  hubName,
  noCleanupLine,
  otherCatalogueLine,
  readyLine,
  startedLine,
  taskDoneLine,
  taskLine,
  waitingLine,
} from "../../lib/cli/hub_lines.ts";
import type { AwayState } from "../../lib/client/consumer_state.ts";
import { HubGoneError, HubStartError } from "../../lib/client/errors.ts";
import type { HubPaths } from "../../lib/platform/paths.ts";

const PATHS: HubPaths = {
  socket: "/run/bus/work.sock",
  lock: "/run/bus/work.lock",
  directory: "/run/bus",
  ownDirectory: true,
  log: "/state/bus/work.log",
  name: "work",
};

Deno.test("hubName(), startedLine() and readyLine() name what they are about, made printable", () => {
  assertEquals(hubName("/a\nb", 12), "the hub on /a\\nb (pid 12)");
  assertEquals(hubName("/a", undefined), "the hub on /a");
  assertEquals(startedLine("/a\nb", 12), "started a hub on /a\\nb (pid 12)");
  assertEquals(readyLine("k\n", false), "ready event_key=k\\n first=false");
});

Deno.test("waitingLine() tells a hub that does not answer from one that is not there yet", () => {
  assertEquals(
    waitingLine("k", "/a", 12),
    "waiting for the hub on /a (pid 12): it is busy, or the key k is being set up or cleaned up",
  );
  assertEquals(waitingLine("k", "/a", undefined), "waiting for a hub to listen on /a");
});

function away(error: HubGoneError | HubStartError, startsHub: boolean, hubReason?: string): string {
  const state: AwayState = {
    state: "away",
    error,
    startsHub,
    ...(hubReason === undefined ? {} : { hubReason }),
  };
  return awayLine("k", state, error, PATHS);
}

Deno.test("awayLine() has the hub's reason, and what comes next", () => {
  assertEquals(
    away(new HubGoneError(PATHS), true),
    "away event_key=k reason=none: the hub on /run/bus/work.sock went away; connecting again",
  );
  assertEquals(
    away(new HubGoneError(PATHS, "slow"), true, "slow"),
    "away event_key=k reason=slow: the hub on /run/bus/work.sock cut this consumer off: " +
      "it took nothing for 5 s; connecting again",
  );
  assertEquals(
    away(new HubGoneError(PATHS, "stopped"), false, "stopped"),
    "away event_key=k reason=stopped: the hub on /run/bus/work.sock was stopped; " +
      "waiting for another one (start it with: bus serve --name work)",
  );
  assertEquals(
    away(new HubStartError("the disk is full", "see its log: /l"), true, "a\nb"),
    "away event_key=k reason=a\\nb: cannot start a hub: the disk is full (see its log: /l); " +
      "trying again",
  );
});

Deno.test("backLine() says on which hub it is and for how long it was away", () => {
  const line = (sameHub: boolean | undefined, to: number) =>
    backLine("k", true, { from: 1_000, to, sameHub });
  const missed = "what came meanwhile is missed; seq counts from 1 again";
  assertEquals(
    line(false, 2_260),
    `back event_key=k first=true hub=new away=1.3s: ${missed}`,
  );
  assertEquals(line(true, 1_000), `back event_key=k first=true hub=same away=0.0s: ${missed}`);
  // A clock that was set back.
  assertEquals(line(undefined, 0), `back event_key=k first=true hub=unknown away=0.0s: ${missed}`);
});

Deno.test("endedAwayText() says why it was away and what ended it", () => {
  assertEquals(
    endedAwayText(new HubGoneError(PATHS, "stopped"), "SIGINT"),
    "the hub on /run/bus/work.sock was stopped; no hub was back before SIGINT",
  );
  assertEquals(
    endedAwayText(new HubGoneError(PATHS), "the timeout", true),
    "the hub on /run/bus/work.sock went away; the key was not set up again before the timeout",
  );
});

Deno.test("otherCatalogueLine() says what either goes by", () => {
  const end = "(end that hub with: bus stop --name work)";
  assertEquals(
    otherCatalogueLine("/a\n", "/b\n", PATHS),
    `the hub on /run/bus/work.sock goes by /a\\n, this consumer by /b\\n ${end}`,
  );
  assertEquals(
    otherCatalogueLine(undefined, "/b", PATHS),
    `the hub on /run/bus/work.sock goes by no catalogue, this consumer by /b ${end}`,
  );
});

Deno.test("the lines of setup and cleanup name the key and the command, made printable", () => {
  const key = "k\u202e";
  assertEquals(taskLine("setup", key, "a\n\x1b[1mb"), "setting up k\\u202e: a\\n\\x1b[1mb");
  assertEquals(
    taskLine("cleanup", key, "x".repeat(999)).length,
    "cleaning up k\\u202e: ".length + 300,
  );
  assertEquals(taskDoneLine("setup", key, 1_249), "set up k\\u202e in 1.2 s");
  assertEquals(taskDoneLine("cleanup", key, 0), "cleaned up k\\u202e in 0.0 s");
  assertEquals(brokenOffLine("cleanup", key), "cleanup of k\\u202e was broken off");
  assertEquals(
    noCleanupLine(key),
    "no cleanup of k\\u202e: no hub said whether this was its last consumer",
  );
});
