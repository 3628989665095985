import { assertEquals, assertMatch } from "@std/assert";
import { runProgram } from "../../lib/cli/program.ts";
import { Place } from "./bus.ts";
import { Recorder } from "./recorder.ts";

const PUSH = '{"ref":"refs/heads/main","id":12345678901234567890,"x":1.0,"x":1e400}';

Deno.test("consume prints each event as it came, one a line, and says how it went", async () => {
  await using place = new Place();
  await place.hub();
  const consumer = place.start(["consume", "gh", "--types", "github.>", "--max-events", "2"]);
  await consumer.says("ready ");
  assertEquals(consumer.stderr, "ready event_key=gh first=true\n");
  await place.run(["publish", "github.push", PUSH, "--time", "1"]);
  await consumer.says("github.push");
  await place.run(["publish", "github.fork", '" \u202e"', "--time", "2", "--id", "a"]);
  assertEquals(await consumer.ends(), {
    code: 0,
    stdout:
      `{"type":"event","event_type":"github.push","source_time":"1","payload":${PUSH},"seq":1}\n` +
      '{"type":"event","event_type":"github.fork","event_id":"a","source_time":"2","payload":" \u202e","seq":2}\n',
    stderr: "ready event_key=gh first=true\nended: 2 events, 0 lost, reason=limit, last=true\n",
  });
});

Deno.test("consume --payload prints the payload's text alone", async () => {
  await using place = new Place();
  await place.hub();
  const consumer = place.start(["consume", "gh", "--types=a", "--payload", "--max-events=1"]);
  await consumer.says("ready ");
  await place.run(["publish", "a", PUSH]);
  assertEquals((await consumer.ends()).stdout, `${PUSH}\n`);
});

/** Publishes one event of type `a` to a consumer that is about to be there. */
async function publishToOne(place: Place, payload: string): Promise<void> {
  for (;;) {
    const { stderr } = await place.run(["publish", "a", payload]);
    if (stderr.includes("(1 had a consumer")) return;
  }
}

Deno.test("consume on a terminal prints the same JSON without what a terminal would act on", async () => {
  await using place = new Place();
  await place.hub();
  const recorder = new Recorder({ terminal: true });
  const args = ["consume", "k", "--types", "a", "--max-events", "1", "--payload"];
  const running = runProgram([...args, "--socket", place.socket], recorder.output);
  const text = "\x7f\x9b2J\u202e\u2066é";
  await publishToOne(place, JSON.stringify(text));
  assertEquals(await running, 0);
  assertEquals(recorder.data, '"\\u007f\\u009b2J\\u202e\\u2066é"\n');
  assertEquals(JSON.parse(recorder.data), text);
});

Deno.test("consume --timeout alone ends with 0, and with 5 where events are missing", async () => {
  await using place = new Place();
  await place.hub();
  assertEquals(await place.run(["consume", "k", "--types", "a", "--timeout", "2s"]), {
    code: 0,
    stdout: "",
    stderr: "ready event_key=k first=true\nended: 0 events, 0 lost, reason=timeout, last=true\n",
  });
  const { code, stderr } = await place.run(
    ["consume", "k", "--types", "a", "--timeout", "2s", "--max-events", "3"],
  );
  assertEquals(code, 5);
  assertMatch(stderr, /\nended: 0 of 3 events, 0 lost, reason=timeout, last=true\n$/);
});

Deno.test("consume ends properly at every signal, and tells one that came too early", async () => {
  await using place = new Place();
  await place.hub();
  const endings = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, exit] of Object.entries(endings) as [Deno.Signal, number][]) {
    for (const [limit, code] of [[[], 0], [["--max-events", "3"], exit]] as const) {
      const consumer = place.start(["consume", "k", "--types", "a", ...limit]);
      await consumer.says("ready ");
      consumer.kill(signal);
      const end = await consumer.ends();
      const count = limit.length > 0 ? "0 of 3 events" : "0 events";
      assertEquals([end.code, end.stderr], [
        code,
        `ready event_key=k first=true\nended: ${count}, 0 lost, reason=signal, last=true\n`,
      ]);
    }
  }
});

Deno.test("consume --no-reconnect ends with 4 when the hub goes away, stopped or killed", async () => {
  await using place = new Place();
  for (const [signal, reason] of [["SIGTERM", "was stopped"], ["SIGKILL", "went away"]] as const) {
    const hub = await place.hub();
    const consumer = place.start(["consume", "k", "--types", "a", "--no-reconnect"]);
    await consumer.says("ready ");
    hub.kill(signal);
    const { code, stderr } = await consumer.ends();
    assertEquals([code, stderr], [
      4,
      "ready event_key=k first=true\n" +
      "ended: 0 events, 0 lost, reason=hub gone, last=false\n" +
      `error: the hub on ${place.socket} ${reason}\n`,
    ]);
    await hub.ends();
  }
});

Deno.test("consume comes back to the next hub, and counts gaps from 1 again", async () => {
  await using place = new Place();
  const args = ["consume", "k", "--types", "a", "--payload", "--no-start", "--max-events", "2"];
  const first = await place.hub();
  const consumer = place.start(args);
  await consumer.says("ready ");
  await place.run(["publish", "a", "1"]);
  await consumer.says("1\n");
  first.kill("SIGTERM");
  await consumer.says("away ");
  await first.ends();
  await place.hub();
  await consumer.says("back ");
  await place.run(["publish", "a", "2"]);
  const { code, stdout, stderr } = await consumer.ends();
  assertEquals([code, stdout], [0, "1\n2\n"]);
  assertMatch(
    stderr.replaceAll(place.socket, "SOCKET"),
    new RegExp(
      "^ready event_key=k first=true\n" +
        "away event_key=k reason=stopped: the hub on SOCKET was stopped; " +
        "waiting for another one \\(start it with: bus serve --socket SOCKET\\)\n" +
        "back event_key=k first=true hub=new away=\\d+\\.\\ds: " +
        "what came meanwhile is missed; seq counts from 1 again\n" +
        "ended: 2 events, 0 lost, reason=limit, last=true, absences=1, away=false\n$",
    ),
  );
});

Deno.test("consume says after a second what it waits for, and that the timeout came before", async () => {
  await using place = new Place();
  const hub = await place.hub();
  hub.kill("SIGSTOP");
  const waiting = `the hub on ${place.socket} (pid ${hub.pid})`;
  const { code, stderr } = await place.run(["consume", "k", "--types", "a", "--timeout", "3s"]);
  assertEquals([code, stderr], [
    0,
    `waiting for ${waiting}: it is busy, or the key k is being set up or cleaned up\n` +
    `the timeout came before ${waiting} had answered\n` +
    "ended: 0 events, 0 lost, reason=timeout, last=false\n",
  ]);
});

/** Runs `bus consume` in a shell, whose `$BUS` it is, and publishes until it has ended. */
async function inShell(place: Place, script: string): Promise<{ code: number; stderr: string }> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const shell = new Deno.Command("bash", {
    args: ["-c", script],
    env: { BUS: `${Deno.execPath()} run -q -A ${main}`, BUS_SOCKET: place.socket },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let hasEnded = false;
  const ended = shell.output().then((output) => {
    hasEnded = true;
    return output;
  });
  while (!hasEnded) await place.run(["publish", "a", "1"]);
  const { code, stderr } = await ended;
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("consume ends quietly when its reader goes away", async () => {
  await using place = new Place();
  await place.hub();
  const { code, stderr } = await inShell(
    place,
    "set -o pipefail; $BUS consume k --types a | head -n 1",
  );
  assertEquals(code, 0);
  assertMatch(
    stderr,
    /^ready event_key=k first=true\nended: \d+ events, 0 lost, reason=reader gone, last=true\n$/,
  );
});

Deno.test("consume ends when its reader has gone, though no further event comes", async () => {
  await using place = new Place();
  await place.hub();
  const gone = {
    isTerminal: () => false,
    write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")),
  };
  const recorder = new Recorder({ stdout: gone });
  const args = ["consume", "k", "--types", "a", "--socket", place.socket];
  const running = runProgram(args, recorder.output);
  await publishToOne(place, "1");
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve("goes on"), 10_000);
  assertEquals(await Promise.race([running, late.promise]), 0);
  clearTimeout(timer);
  assertMatch(await recorder.talk(), /\nended: 1 event, 0 lost, reason=reader gone, last=true\n$/);
});

Deno.test("consume fails in one line where stdout takes nothing", async () => {
  await using place = new Place();
  await place.hub();
  const { code, stderr } = await inShell(place, "$BUS consume k --types a > /dev/full");
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^ready .*\nended: .*, reason=failed, last=true\nerror: cannot write to stdout: No space .*\n$/,
  );
});

Deno.test("consume says how many events were lost, and before which", async () => {
  await using place = new Place();
  const hub = place.start(["serve", "--channel-events", "10"]);
  await hub.says("listening on ");
  const consumer = place.start(["consume", "k", "--types", "a,end", "--payload"]);
  await consumer.says("ready ");
  consumer.kill("SIGSTOP");
  const pad = "x".repeat(1000);
  const lines = Array.from({ length: 2_000 }, (_, n) => JSON.stringify([n, pad])).join("\n");
  await place.run(["publish", "a", "--ndjson"], lines);
  consumer.kill("SIGCONT");
  await place.run(["publish", "end", "7"]);
  await consumer.says("\n7\n");
  consumer.kill("SIGINT");
  const { stdout, stderr } = await consumer.ends();
  const got = stdout.trimEnd().split("\n").length;
  const gaps = Array.from(stderr.matchAll(/^lost (\d+) events? before seq \d+$/gm));
  const lost = gaps.reduce((sum, [, count]) => sum + Number(count), 0);
  assertEquals([lost > 0, got + lost], [true, 2_001]);
  assertMatch(
    stderr,
    new RegExp(`\nended: ${got} events, ${lost} lost, reason=signal, last=true\n$`),
  );
});
