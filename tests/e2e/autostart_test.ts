/**
 * A hub that is there when it is needed: started by whoever needs it first, one for all of them, and
 * gone when nobody does.
 */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { assertAbsent, Place } from "./kit.ts";
import { Figures, rounds } from "./rounds.ts";
import type { Running } from "./running.ts";
import { eventually } from "./waiting.ts";

/** How often the programs say in all that they have started a hub. */
function startedIn(programs: readonly { stderr: string }[]): number {
  return programs.filter(({ stderr }) => /^started a hub on /m.test(stderr)).length;
}

/** Starts consumers where no hub is, and returns them when each is ready on the one that is then. */
async function consumeAtOnce(place: Place, count: number): Promise<Running[]> {
  const consumers = Array.from(
    { length: count },
    (_, at) => place.start(["consume", `key-${at}`, "--types", "t", "--payload"]),
  );
  await Promise.all(consumers.map((consumer) => consumer.says(/^ready /, 30_000)));
  assertEquals(startedIn(consumers), 1);
  assertEquals((await place.status()).active_conns, count);
  return consumers;
}

Deno.test("autostart: consumers that all come at once get one hub, each time", async () => {
  const figures = new Figures("twenty consumers at once ready", 10_000);
  for (let round = rounds(1); round > 0; round--) {
    await using place = await Place.ofNames();
    const start = performance.now();
    const consumers = await consumeAtOnce(place, 20);
    figures.add(performance.now() - start);
    await place.publish({ event_type: "t", payload: 1 });
    await eventually("each has it", () => consumers.every(({ stdout }) => stdout === "1\n"));
    for (const consumer of consumers) consumer.signal("SIGTERM");
    for (const consumer of consumers) assertEquals((await consumer.end()).code, 0);
    await place.stop();
    assertEquals(await place.filesOfHubs(), ["default.lock"]);
  }
  await figures.tell();
});

Deno.test("autostart: publish starts a hub and says so, and the next one finds it", async () => {
  await using place = await Place.ofNames();
  const first = await place.run(["publish", "t", "1"]);
  const { pid, published } = await place.status();
  const routed =
    "published 1 event (0 had a consumer, 0 duplicates): nobody consumes such events now";
  assertEquals(first, {
    code: 0,
    stdout: "",
    stderr: `started a hub on ${place.socket} (pid ${pid})\n${routed}\n`,
  });
  assertEquals(published, 1);
  assertEquals((await place.run(["publish", "t", "1"])).stderr, `${routed}\n`);
  await place.stop();
  assertMatch(
    await Deno.readTextFile(`${place.directory}/state/bus/default.log`),
    new RegExp(` listening on ${place.socket} \\(pid ${pid}\\)\\n.* stopped\\n$`),
  );
});

Deno.test("autostart: with --no-start nobody starts one", async () => {
  await using place = await Place.ofNames();
  for (const args of [["publish", "t", "1"], ["consume", "k", "--types", "t"]]) {
    const { code, stderr } = await place.run([...args, "--no-start"]);
    assertEquals(code, 3);
    assertEquals(stderr, `error: no hub on ${place.socket} (start one with: bus serve)\n`);
  }
  await assertAbsent(`${place.directory}/bus`);
});

Deno.test("autostart: why a hub could not be started is said at once, in its own words", async () => {
  await using place = await Place.ofNames();
  await Deno.mkdir(`${place.directory}/state/bus`, { recursive: true });
  await Deno.chmod(`${place.directory}/state/bus`, 0o777);
  for (const args of [["publish", "t", "1"], ["consume", "k", "--types", "t"]]) {
    const start = performance.now();
    const { code, stderr } = await place.run(args);
    assertLess(performance.now() - start, 10_000);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      new RegExp(`^error: cannot start a hub: ${place.directory}/state/bus [^\\n]+\\n$`),
    );
  }
});

Deno.test("autostart: a publisher whose hub goes away says what is acknowledged, and goes to no other", async () => {
  await using place = await Place.ofNames();
  const publisher = place.start(["publish", "t", "--ndjson"], { stdin: "open" });
  await publisher.says(/^started a hub on /);
  // It asks after each thousand what has arrived, and sends no more than the next before it knows.
  await publisher.write("1\n".repeat(2_000));
  const { pid } = await place.statusOnce("all are there", ({ published }) => published === 2_000);
  Deno.kill(pid, "SIGKILL");
  const { code, stderr } = await publisher.end();
  assertEquals(code, 4);
  assertMatch(
    stderr,
    new RegExp(
      `\nerror: the hub on ${place.socket} went away; ` +
        "([12]000) events acknowledged, up to line \\1\n$",
    ),
  );
  assertEquals((await place.run(["status"])).code, 3);
});

Deno.test("autostart: Ctrl-C in the terminal of the consumer that started the hub ends it alone", async () => {
  await using place = await Place.ofNames();
  const typed = place.start(
    ["--quiet", "--return", "--command", "exec bus consume k --types t", "/dev/null"],
    { command: "script", stdin: "open" },
  );
  await eventually("it is ready", () => typed.stdout.includes("ready "));
  const { pid } = await place.status();
  assert(typed.stdout.includes(`started a hub on ${place.socket} (pid ${pid})`), typed.stdout);
  await typed.write("\x03");
  const { code, stdout } = await typed.end();
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /ended: 0 events, 0 lost, reason=signal, last=true/);
  const { pid: still, active_conns, closed } = await place.status();
  assertEquals([still, active_conns, closed.length], [pid, 0, 1]);
  await place.stop();
});

Deno.test("autostart: by the path of a hub that goes by a name it starts that hub", async () => {
  await using place = await Place.ofNames();
  const env = { BUS_SOCKET: place.socket };
  const { code, stderr } = await place.run(["publish", "t", "1"], { env });
  assertEquals(code, 0, stderr);
  const { stdout } = await place.run(["status", "--all", "--json"]);
  const [hub, ...more] = JSON.parse(stdout).hubs;
  assertEquals([hub.name, hub.state, more], ["default", "running", []]);
  await place.stop();
});

Deno.test("autostart: who connects in the milliseconds of the idle exit is served", async () => {
  const figures = new Figures("served at the idle exit", 3_000);
  let byTheNext = 0;
  // Milliseconds from the first sight of a hub to the start of its clients. One that came in time
  // makes the next come later, one that came too late earlier: so all come when it leaves.
  let aim = 200;
  await using place = await Place.ofNames();
  for (let round = rounds(4); round > 0; round--) {
    const leaving = await place.serve(["--idle-timeout", "200ms"]);
    await until(performance.now() + aim);
    const clients = await Promise.all(
      [["publish", "t", "1"], ["consume", "k", "--types", "t"]].map(async (args) => {
        const start = performance.now();
        const client = place.start(args);
        await client.says(/^(ready|published) /);
        figures.add(performance.now() - start);
        return client;
      }),
    );
    const isByTheNext = startedIn(clients) > 0;
    byTheNext += isByTheNext ? 1 : 0;
    aim += isByTheNext ? -2 : 2;
    const [publisher, consumer] = clients;
    consumer?.signal("SIGTERM");
    assertEquals([(await publisher?.end())?.code, (await consumer?.end())?.code], [0, 0]);
    assertEquals((await leaving.end()).code, 0);
    // The next one would stay for 30 s.
    const { code, stderr } = await place.run(["stop"]);
    assertEquals(code, isByTheNext ? 0 : 3, stderr);
  }
  await figures.tell(`; in ${byTheNext} rounds by the next hub`);
});

/** Resolves at a time of the monotonic clock. */
async function until(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}
