/**
 * Commands that set a key up.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { KeyLog, noted, WHOLE } from "./key_log.ts";
import { Place, PROGRAM } from "./kit.ts";
import { eventually } from "./waiting.ts";

const BEGUN = WHOLE.slice(0, 1);

Deno.test("setup: it stands before ready, the cleanup before the end, and stdout has events alone", async () => {
  await using place = await Place.withHub();
  const work = (name: string) => `echo ${name} $BUS_KEY; echo $BUS_SOCKET; cat`;
  const args = ["k 1", "--types", "t", "--max-events", "1", "--payload"];
  const consumer = await place.consume(
    [...args, "--setup", work("up"), "--cleanup", work("down")],
  );
  await place.publish({ event_type: "t", payload: 7 });
  const { code, stdout, stderr } = await consumer.end();
  assertEquals([code, stdout], [0, "7\n"]);
  assertEquals(
    stderr.replaceAll(/\d+\.\d s/g, "N s"),
    [
      `setting up k 1: ${work("up")}`,
      "up k 1",
      place.socket,
      "set up k 1 in N s",
      "ready event_key=k 1 first=true",
      `cleaning up k 1: ${work("down")}`,
      "down k 1",
      place.socket,
      "cleaned up k 1 in N s",
      "ended: 1 event, 0 lost, reason=limit, last=true",
      "",
    ].join("\n"),
  );
});

Deno.test("setup: whoever comes meanwhile waits, and finds the key set up", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  const args = ["consume", "k", "--types", "t", ...log.flags(300)];
  const consumers = [1, 2, 3].map(() => place.start(args));
  for (const consumer of consumers) await consumer.says(/^ready /);
  assertEquals(log.notes, ["setup begins", "setup ends"]);
  for (const consumer of consumers) consumer.signal("SIGTERM");
  const ends = await Promise.all(consumers.map((consumer) => consumer.end()));
  assertEquals(log.notes, WHOLE);
  for (const [what, pattern] of [["first", /first=true/], ["last", /last=true/]] as const) {
    assertEquals(ends.filter(({ stderr }) => pattern.test(stderr)).length, 1, what);
  }
});

Deno.test("setup: where it fails the consumer ends with that, and the one that waits sets up", async () => {
  await using place = await Place.withHub();
  const failing = place.start(
    ["consume", "k", "--types", "t", "--setup", "sleep 0.3; exit 3", "--cleanup", "echo down"],
  );
  await failing.says(/^setting up k: /);
  const next = place.start(["consume", "k", "--types", "t", "--setup", "true"]);
  const { code, stdout, stderr } = await failing.end();
  assertEquals([code, stdout, stderr], [
    1,
    "",
    "setting up k: sleep 0.3; exit 3\nerror: setup of k failed: exit code 3\n",
  ]);
  await next.says(/^ready event_key=k first=true$/);
});

Deno.test("setup: a signal breaks it off, and nothing is cleaned up", async () => {
  await using place = await Place.withHub();
  for (const [signal, exit] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const) {
    const log = new KeyLog(place.directory);
    const consumer = place.start(["consume", "k", "--types", "t", ...log.flags(60_000)]);
    await noted(log, BEGUN);
    consumer.signal(signal);
    const { code, stderr } = await consumer.end();
    assertEquals([code, log.notes], [exit, [...BEGUN, "setup terminated"]]);
    assertMatch(
      stderr,
      /\nsetup of k was broken off\nended: 0 events, 0 lost, reason=signal, last=false\n$/,
    );
  }
});

Deno.test("setup: a Ctrl-C in the terminal does not reach the commands", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  const words = log.flags(500).map((word) => `'${word}'`).join(" ");
  const terminal = place.start(
    ["--quiet", "--return", "--command", `exec bus consume k --types t ${words}`, "/dev/null"],
    { command: "script", stdin: "open" },
  );
  await eventually("it is ready", () => /^ready /m.test(terminal.stdout));
  await terminal.write("\x03");
  await noted(log, WHOLE.slice(0, 3));
  await terminal.write("\x03");
  assertEquals((await terminal.end()).code, 0);
  assertEquals(log.notes, WHOLE);
});

Deno.test("setup: a hub that goes away in it is come back to, and it is run again", async () => {
  await using place = await Place.withHub();
  const log = new KeyLog(place.directory);
  const consumer = place.start(
    ["consume", "k", "--types", "t", "--no-start", ...log.flags(1_000)],
  );
  await noted(log, BEGUN);
  place.hub.signal("SIGKILL");
  await consumer.says(/^away /);
  await place.hub.end();
  await place.serve();
  await consumer.says(/^ready event_key=k first=true$/);
  assertEquals(log.notes, [...BEGUN, "setup terminated", "setup begins", "setup ends"]);
  consumer.signal("SIGTERM");
  assertEquals((await consumer.end()).code, 0);
  assertEquals(log.notes.slice(3), WHOLE.slice(1));
});

Deno.test("setup: one that takes long is not cut off as slow, and what is lost meanwhile is counted", async () => {
  await using place = await Place.withHub();
  const long = "sleep 6; until [ -e go ]; do sleep 0.1; done";
  const consumer = place.start(["consume", "k", "--types", "t,end", "--setup", long]);
  await consumer.says(/^setting up k: /);
  const pad = "x".repeat(5_000);
  const events = Array.from({ length: 4_000 }, () => ({ event_type: "t", payload: pad }));
  await place.publish(...events);
  await Deno.writeTextFile(`${place.directory}/go`, "");
  await consumer.says(/^ready /);
  await place.publish({ event_type: "end", payload: 0 });
  await eventually("the last event has come", () => consumer.stdout.includes('"end"'));
  consumer.signal("SIGTERM");
  const { stdout, stderr } = await consumer.end();
  const came = stdout.split("\n").length - 1;
  const [, lost = "0"] = /^ended: \d+ events, (\d+) lost/m.exec(stderr) ?? [];
  assertEquals(came + Number(lost), 4_001, stderr);
  // What it held itself, and what the hub held for it.
  assert(came <= 2_200, `${came} events`);
  assertEquals(/^away /m.test(stderr), false);
});

Deno.test("setup: one that ends well though its hub went is said to be away, and run again", async () => {
  await using place = await Place.withHub();
  const setup =
    "trap 'exit 0' TERM; echo up >> ups; [ $(wc -l < ups) -gt 1 ] || { sleep 60 & wait; }";
  const args = ["k", "--types", "t", "--no-start", "--timeout", "60s", "--setup", setup];
  const consumer = place.start(["consume", ...args]);
  await eventually("the setup runs", async () => {
    return await Deno.readTextFile(`${place.directory}/ups`).then(() => true, () => false);
  });
  const first = place.hub;
  first.signal("SIGKILL");
  await consumer.says(/^away event_key=k /);
  await first.end();
  await place.serve();
  await consumer.says(/^ready event_key=k first=true$/);
  consumer.signal("SIGTERM");
  const { code, stderr } = await consumer.end();
  assertEquals(code, 0, stderr);
  const lines = stderr.split("\n").map((line) => line.split(" ").slice(0, 2).join(" "));
  assertEquals(lines.slice(0, -2), [
    "setting up",
    "set up",
    "away event_key=k",
    "setting up",
    "set up",
    "ready event_key=k",
  ]);
});

Deno.test("setup: one who waits for it when the hub is stopped waits for a hub, and starts none", async () => {
  await using place = await Place.ofNames();
  await place.serve();
  const setup = "trap 'exit 1' TERM; sleep 60 & wait";
  const args = ["consume", "k", "--types", "t"];
  const holder = place.start([...args, "--setup", setup]);
  await holder.says(/^setting up k: /);
  const waiting = place.start(args);
  await waiting.says(/^waiting /);
  await place.stop();
  await waiting.says(/^away event_key=k reason=stopped: .*start it with: bus serve\)$/);
  await holder.says(/^away event_key=k reason=stopped: /);
  assertEquals((await place.run(["status"])).code, 3);
  holder.signal("SIGTERM");
  await holder.end();
  await place.serve();
  await waiting.says(/^ready event_key=k first=true$/);
});

Deno.test("setup: its $BUS_SOCKET means the same hub from any directory", async () => {
  await using place = await Place.empty();
  await Deno.mkdir(`${place.directory}/run`, { mode: 0o700 });
  const socket = "run/x.sock";
  const served = place.start(["serve", "--socket", socket]);
  await served.says(/^listening on /);
  const setup = `cd / && ${PROGRAM} publish t 1 --no-start`;
  const args = ["consume", "k", "--socket", socket, "--types", "t", "--timeout", "3s"];
  const { code, stderr } = await place.run([...args, "--setup", setup]);
  assertEquals(code, 0, stderr);
  served.signal("SIGTERM");
  assertEquals((await served.end()).code, 0);
});
