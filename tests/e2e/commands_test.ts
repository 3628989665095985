/**
 * Every command as the one who types it sees it: what it prints, and how it ends.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Place } from "./kit.ts";
import { wholeLines } from "./running.ts";
import { eventually } from "./waiting.ts";

const MISUSES: readonly [args: string[], named: string][] = [
  [["frobnicate"], "frobnicate"],
  [["consume"], "KEY"],
  [["consume", "k"], "--types"],
  [["consume", "k", "--types", "a,,b"], "a,,b"],
  [["consume", "k", "--types", "a", "--timeout", "30"], "30"],
  [["consume", "k", "--types", "a", "--max-events", "0"], "0"],
  [["serve", "--frob"], "--frob"],
  [["serve", "--channel-bytes", "8"], "--channel-bytes"],
  [["status", "--json=maybe"], "--json"],
  [["stop", "now"], "now"],
  [["publish"], "TYPE"],
  [["publish", "t", "{"], "JSON"],
  [["publish", "t", "--ndjson", "--id", "i"], "--id"],
  [["publish", "--events", "--id", "i"], "--id"],
  [["publish", "t", "{}", "--time", "yesterday"], "yesterday"],
];

Deno.test("commands: wrong usage is one line that names it, and exit 2", async () => {
  await using place = await Place.empty();
  await Promise.all(MISUSES.map(async ([args, named]) => {
    const { code, stdout, stderr } = await place.run(args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, /^error: [^\n]+\n$/);
    assertStringIncludes(stderr, named);
  }));
});

Deno.test("commands: where no hub is they say so and how to start one, and exit 3", async () => {
  await using place = await Place.empty();
  const { socket } = place;
  const sentence = `error: no hub on ${socket} (start one with: bus serve --socket ${socket})\n`;
  const starters = [["publish", "t", "1"], ["consume", "k", "--types=t"]];
  for (const args of [["status"], ["stop"], ...starters.map((args) => [...args, "--no-start"])]) {
    assertEquals(await place.run(args), { code: 3, stdout: "", stderr: sentence }, args.join(" "));
  }
});

Deno.test("commands: help and version go to stdout, and exit 0", async () => {
  await using place = await Place.empty();
  for (const name of ["serve", "consume", "publish", "status", "stop"]) {
    const { code, stdout, stderr } = await place.run([name, "--help"]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, new RegExp(`^bus ${name}: .+\n\nUsage:\n  bus ${name}`));
  }
  const { code, stdout } = await place.run(["--version"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^bus \d+\.\d+\.\d+\n$/);
});

Deno.test("commands: without any, help is on stderr, and exit 2", async () => {
  await using place = await Place.empty();
  const { code, stdout, stderr } = await place.run([]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^bus: .+\n\nUsage:\n {2}bus COMMAND /);
});

/** What `JSON.parse` and `JSON.stringify` would not give back. */
const DELICATE = `{
  "big": 12345678901234567890,
  "float": 1.0, "huge": 1e400,
  "twice": 1,
  "twice": [ 2,\t"\\u0041\\/" ]
}
`;

Deno.test("publish: a payload of several lines in a file arrives token for token", async () => {
  await using place = await Place.withHub();
  const consumer = await place.consume(["k", "--types", "t", "--max-events", "2", "--payload"]);
  await Deno.writeTextFile(`${place.directory}/payload.json`, `\uFEFF${DELICATE}`);
  for (const input of ["< payload.json", "- < payload.json"]) {
    const { code, stderr } = await place.shell(`bus publish t ${input}`);
    assertEquals([code, stderr], [0, "published 1 event (1 had a consumer, 0 duplicates)\n"]);
  }
  const { stdout } = await consumer.end();
  const arrived = DELICATE.trimEnd().replaceAll("\n", " ");
  assertEquals(wholeLines(stdout), [arrived, arrived]);
});

Deno.test("publish: an id that was seen is a duplicate", async () => {
  await using place = await Place.withHub();
  const consumer = await place.consume(["k", "--types", ">", "--max-events", "2"]);
  const sayings: string[] = [];
  for (const payload of ["1", "2"]) {
    const { stderr } = await place.run(["publish", "t", payload, "--id", "i", "--time", "5"]);
    sayings.push(stderr);
  }
  await place.run(["publish", "t", "--text", 'a "text"']);
  assertEquals(sayings, [
    "published 1 event (1 had a consumer, 0 duplicates)\n",
    "published 0 events (0 had a consumer, 1 duplicate)\n",
  ]);
  const { stdout } = await consumer.end();
  const events = wholeLines(stdout).map((line) => JSON.parse(line));
  assertEquals(events.map(({ seq, payload }) => [seq, payload]), [[1, 1], [2, 'a "text"']]);
  assertEquals([events[0].event_id, events[0].source_time], ["i", "5"]);
});

Deno.test("consume: an event is on stdout as soon as it is published", async () => {
  await using place = await Place.withHub();
  const consumer = await place.consume(["k", "--types", "t"]);
  assertEquals(consumer.stderr, "ready event_key=k first=true\n");
  const frame = `{"type":"event","event_type":"t", "app_id":"x","payload":{"b":1.0,"a":[]}}`;
  await place.publish(frame);
  await eventually("the event is there", () => consumer.stdout.endsWith("\n"));
  const { stdout } = consumer;
  assertStringIncludes(stdout, `"app_id":"x","payload":{"b":1.0,"a":[]}`);
  assertMatch(stdout, /,"seq":1\}\n$/);
  consumer.signal("SIGTERM");
  const { code, stderr } = await consumer.end();
  assertEquals(code, 0);
  assertMatch(stderr, /\nended: 1 event, 0 lost, reason=signal, last=true\n$/);
});

Deno.test("status: has colours on a terminal, unless NO_COLOR is set", async () => {
  await using place = await Place.withHub();
  await place.consume(["k", "--types", "t"]);
  const coloured = await place.terminal("bus status");
  const plain = await place.terminal("bus status", { env: { NO_COLOR: "1" } });
  assertEquals([coloured.code, plain.code], [0, 0]);
  assertStringIncludes(coloured.stdout, "\x1b[");
  assert(!plain.stdout.includes("\x1b["), plain.stdout);
});

Deno.test("consume: on a terminal what could command it stands as an escape", async () => {
  await using place = await Place.withHub();
  const typed = place.terminal("bus consume k --types t --payload --max-events 1");
  await place.statusOnce("it is there", ({ active_conns }) => active_conns === 1);
  await place.publish(`{"type":"event","event_type":"t","payload":"a\x7f\u009b2J\u202eb"}`);
  const { code, stdout } = await typed;
  assertEquals(code, 0);
  assertStringIncludes(stdout, String.raw`"a\u007f\u009b2J\u202eb"`);
});

Deno.test("publish: where people type one line says that it waits", async () => {
  await using place = await Place.withHub();
  const typed = await place.terminal("bus publish t", { stdin: '{"a":\r1}\r\x04' });
  assertEquals(typed.code, 0, typed.stdout);
  assertStringIncludes(typed.stdout, "type the payload, one JSON text; Ctrl-D ends it");
  assertStringIncludes(typed.stdout, "published 1 event");
});
