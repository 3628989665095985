import { assertEquals, assertMatch } from "@std/assert";
import { Place } from "./bus.ts";

Deno.test("status shows the hub and a row for each consumer, without colours in a pipe", async () => {
  await using place = new Place();
  const hub = await place.hub();
  const consumer = place.start(["consume", "gh", "--types", "github.push,github.>"]);
  await consumer.says("ready ");
  await place.run(["publish", "github.push", "{}"]);
  await place.run(["publish", "other", "{}"]);
  const { code, stdout, stderr } = await place.run(["status"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.includes("\x1b"), false);
  const [head, where, totals] = stdout.split("\n");
  assertMatch(head ?? "", new RegExp(`^hub        pid ${hub.pid}, up \\d+s, version \\d`));
  assertEquals(where, `socket     ${place.socket}`);
  assertEquals(totals, "events     2 published, 1 of them to nobody, 0 duplicates, 0 refused");
  assertMatch(
    stdout,
    new RegExp(
      "\n *PID  KEY  TYPES                 RECEIVED  DROPPED  QUEUED" +
        `\n *${consumer.pid}  gh   github.push,github\\.>         1        0       0\n$`,
    ),
  );
});

Deno.test("status --json is the hub's state in one line, the consumers that are gone included", async () => {
  await using place = new Place();
  const hub = await place.hub();
  const args = ["consume", "gh", "--types", "a", "--max-events", "1"];
  const consumer = place.start(args);
  await consumer.says("ready ");
  await place.run(["publish", "a", "1"]);
  await consumer.ends();
  const { stdout } = await place.run(["status", "--json"]);
  assertEquals(stdout.split("\n").length, 2);
  const { pid, published, closed: [gone] } = JSON.parse(stdout);
  assertEquals([pid, published], [hub.pid, 1]);
  assertEquals([gone.pid, gone.received, gone.dropped, gone.reason], [consumer.pid, 1, 0, "bye"]);
});
