import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { Log } from "../../lib/server/log.ts";

function recorder(start = Date.UTC(2026, 0, 2, 3, 4, 5, 678)) {
  const lines: string[] = [];
  const time = { now: 0, wall: start };
  const log = new Log((line) => lines.push(line), () => time.wall, () => time.now);
  return { lines, time, log };
}

Deno.test("Log.line() writes one line with the time before it", () => {
  const { log, lines } = recorder();
  log.line("listening on /run/user/1000/bus/default.sock");
  assertEquals(lines, [
    "2026-01-02T03:04:05.678Z listening on /run/user/1000/bus/default.sock\n",
  ]);
});

Deno.test("Log.line() escapes what comes from outside, so that it stays one line", () => {
  const { log, lines } = recorder();
  log.line("key=\r\n2026-01-02 all is well\x1b[2J\x9b1m\u202e");
  assertEquals(lines.length, 1);
  assertEquals(
    lines[0]?.slice(25),
    "key=\\r\\n2026-01-02 all is well\\x1b[2J\\x9b1m\\u202e\n",
  );
});

Deno.test("Log.limited() writes one line a second for a cause, and says how many it left out", () => {
  const { log, lines, time } = recorder();
  for (let i = 0; i < 100; i++) {
    log.limited("skipped", `skipped ${i}`);
    log.limited("full", `full ${i}`);
  }
  time.now += 999;
  log.limited("skipped", "skipped 100");
  assertEquals(lines.map((line) => line.slice(25)), ["skipped 0\n", "full 0\n"]);
  time.now += 1;
  log.limited("skipped", "skipped 101");
  assertMatch(lines[2] ?? "", /Z skipped 101 \(and 100 more like this\)\n$/);
  time.now += 5_000;
  log.limited("skipped", "skipped 102");
  assertMatch(lines[3] ?? "", /Z skipped 102\n$/);
});

Deno.test("Log.limited() writes as many lines a second as a cause may have, and the newest in the end", () => {
  const { log, lines, time } = recorder();
  for (let i = 0; i < 5; i++) log.limited("states", `state ${i}`, 3);
  assertEquals(lines.map((line) => line.slice(25)), ["state 0\n", "state 1\n", "state 2\n"]);
  time.now += 1_000;
  log.settle();
  assertMatch(lines[3] ?? "", /Z state 4 \(and 1 more like this\)\n$/);
  for (let i = 5; i < 9; i++) log.limited("states", `state ${i}`, 3);
  assertEquals(lines.slice(4).map((line) => line.slice(25)), ["state 5\n", "state 6\n"]);
});

Deno.test("Log.limited() goes by a clock that nobody sets", () => {
  const { log, lines, time } = recorder();
  log.limited("skipped", "before");
  for (const change of [-3_600_000, 2 * 3_600_000]) {
    time.wall += change;
    log.limited("skipped", "within the second");
    assertEquals(lines.length, 1);
  }
  time.now += 1_000;
  log.limited("skipped", "after");
  assertEquals(lines.length, 2);
});

Deno.test("Log.settle() tells of what was left out once its second is over, and once", () => {
  const { log, lines, time } = recorder();
  for (let i = 0; i < 4; i++) log.limited("skipped", `skipped ${i}`);
  log.limited("full", "full");
  time.now += 999;
  log.settle();
  assertEquals(lines.length, 2);
  time.now += 1;
  log.settle();
  log.settle();
  assertEquals(lines.map((line) => line.slice(25)), [
    "skipped 0\n",
    "full\n",
    "skipped 3 (and 2 more like this)\n",
  ]);
  log.limited("skipped", "skipped 4");
  log.limited("full", "full again");
  assertEquals(lines.map((line) => line.slice(25)).slice(3), ["full again\n"]);
  time.now += 1_000;
  log.settle();
  assertEquals(lines.map((line) => line.slice(25)).slice(4), ["skipped 4\n"]);
});

Deno.test("Log cuts what is too long for a line, and the count of those left out stays", () => {
  const { log, lines, time } = recorder();
  const long = "x".repeat(1 << 20);
  log.line(long);
  log.limited("skipped", long);
  log.limited("skipped", long);
  log.limited("skipped", long);
  time.now += 1_000;
  log.settle();
  for (const line of lines) assertLess(line.length, 1_030);
  assertMatch(lines[2] ?? "", /x… \(and 1 more like this\)\n$/);
});
