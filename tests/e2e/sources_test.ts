/**
 * A hub that holds sources: by flags, without a file.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

function eventsOf(stdout: string): [string, unknown][] {
  return wholeLines(stdout).map((line) => {
    const { event_type, payload } = JSON.parse(line);
    return [event_type, payload];
  });
}

Deno.test("sources: what a command writes reaches a consumer, and the status shows the source", async () => {
  await using place = await Place.empty();
  await place.serve(["--source", "exec:while :; do echo '{\"n\": 1.0}'; sleep 0.1; done"]);
  const { code, stdout } = await place.run([
    "consume",
    "k",
    "--types",
    "exec",
    "--max-events",
    "3",
  ]);
  assertEquals(code, 0);
  assertMatch(stdout, /^(.*"event_type":"exec".*"payload":\{"n": 1\.0\},"seq":\d+\}\n){3}$/);
  const { sources } = await place.status();
  assertEquals(sources.map(({ source, state }) => [source, state]), [["exec", "connected"]]);
  const { stdout: shown } = await place.run(["status"]);
  assertMatch(shown, /exec: connected \(pid \d+\)/);
});

Deno.test("sources: several may be given, and each is told of by its name", async () => {
  await using place = await Place.empty();
  await place.serve(["--source=timer:50ms", "--source", "exec:exit 3", "--source", "timer:1h"]);
  const status = await place.statusOnce(
    "each has begun",
    ({ sources }) => sources.every(({ state }) => state !== "connecting"),
  );
  const states = status.sources.map(({ source, state }) => [source, state]);
  assertEquals(states.filter(([name]) => name !== "exec"), [
    ["timer", "connected"],
    ["timer-2", "connected"],
  ]);
  await place.statusOnce(
    "the command has failed",
    ({ sources }) =>
      sources.some(({ source, detail }) =>
        source === "exec" && detail === "it ended with exit code 3"
      ),
  );
  const { stdout } = await place.run(["consume", "k", "--types", "timer", "--max-events=2"]);
  assertEquals(eventsOf(stdout).map(([type]) => type), ["timer", "timer"]);
});

Deno.test("sources: bus serve - reads events from stdin, and goes on when they end", async () => {
  await using place = await Place.empty();
  const hub = await place.serve(["-"], { stdin: "open" });
  const consumer = await place.consume(["k", "--types", ">", "--max-events", "2"]);
  await hub.write('{"type":"event","event_type":"a.b","payload":{"x": 1e400}}\n');
  await hub.write('no event\n{"type":"event","event_type":"c","event_id":"1","payload":2}\n');
  const { stdout } = await consumer.end();
  assertMatch(stdout, /^\{"type":"event","event_type":"a\.b","payload":\{"x": 1e400\},/);
  assertEquals(eventsOf(stdout).map(([type]) => type), ["a.b", "c"]);
  await hub.endInput();
  const status = await place.statusOnce(
    "it has ended",
    ({ sources }) => sources[0]?.state === "disconnected",
  );
  assertEquals(status.sources[0]?.detail, "it ended");
});

Deno.test("sources: a source that is none is refused with what there is", async () => {
  await using place = await Place.empty();
  for (const source of ["no:x", "http:", "http:99999", "exec:", "timer:5", "websocket:http://x"]) {
    const { code, stderr } = await place.run(["serve", "--source", source]);
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /^error: --source must be a kind of source and its settings: exec:COMMAND, /,
    );
    assertEquals(wholeLines(stderr).length, 1);
  }
});

Deno.test("sources: a hub that stops ends them, and what they have started", async () => {
  await using place = await Place.empty();
  const deaf = "trap '' TERM HUP; sleep 1000 & while :; do echo 1; sleep 0.1; done";
  await place.serve(["--source", `exec:${deaf}`]);
  const consumer = await place.consume(["k", "--types", "exec"]);
  await eventually("the command runs", () => eventsOf(consumer.stdout).length > 0);
  const { code } = await place.run(["stop"]);
  // The place looks whether a process is left.
  assertEquals(code, 0);
});
